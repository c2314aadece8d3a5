// The adapter of a port: it puts an implementation behind the protocol CAP/1, so that a judge can ask it.
//
// It answers hello and echo, and says unsupported to the rest; encoding/json is enough, as every integer is a text.
// To add an operation, write a function in part 2 and name it in operations and in ready.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

type object = map[string]any
type refusal object // panic(refusal{"code": …, "at": …}) is what the specification asks for; any other panic is a fault

// 1. Values. Each is read into the type that the port uses, and printed again.

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func printed(kind, value string) string {
	switch kind {
	case "u8", "u16", "u32", "u64":
		return strconv.FormatUint(must(strconv.ParseUint(value, 10, 64)), 10)
	case "i64":
		return strconv.FormatInt(must(strconv.ParseInt(value, 10, 64)), 10)
	case "text":
		return value
	case "bytes_hex":
		return hex.EncodeToString(must(hex.DecodeString(value)))
	}
	panic("there is no type " + kind)
}

// 2. The implementation: one function per operation, from (given, input) to the answer.

func echo(_, input object) object {
	return object{"value": printed(input["type"].(string), input["value"].(string))}
}

var operations = map[string]func(given, input object) object{"echo": echo}

// 3. The protocol: a line in, a line out.
var who = object{"name": "my-port", "version": "0.1.0", "language": "go", "source": "main.go"}
var ready = object{"type": "ready", "protocol": 1, "implementation": who, "spec": "1.0", "max_in_flight": 64,
	"features": []string{"echo"}}

func answer(message object) (reply object) {
	if message["type"] == "hello" {
		return ready
	}
	reply = object{"type": "result", "seq": message["seq"]}
	defer func() {
		thrown := recover()
		if refused, is := thrown.(refusal); is {
			reply["error"] = refused
		} else if thrown != nil {
			reply["fault"] = object{"detail": fmt.Sprint(thrown)}
		}
	}()
	if operation, known := operations[message["op"].(string)]; known {
		reply["ok"] = operation(message["given"].(object), message["input"].(object))
	} else {
		reply["unsupported"] = object{"feature": message["op"]}
	}
	return reply
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout) // a bufio.Scanner would stop at 64 KiB
	for message := (object{}); in.Decode(&message) == nil && message["type"] != "bye"; message = (object{}) {
		must(0, out.Encode(answer(message)))
	}
}
