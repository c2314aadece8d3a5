module calybris-port

go 1.26
