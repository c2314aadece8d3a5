//! Files for one question: the crate reads and writes logs and snapshots by their paths.

use crate::values::Instead;
use std::path::PathBuf;
use std::{env, fs, io, process};

/// A folder that is gone when the question is answered.
pub struct Scratch(PathBuf);

impl Scratch {
    /// An empty folder of this process. Questions are answered one after another, so that one is enough.
    pub fn new() -> Result<Self, Instead> {
        let folder = folder();
        let made = fs::create_dir_all(&folder);
        made.map_err(|error| broken(&error))?;
        Ok(Self(folder))
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The bytes of a file in it.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Instead> {
        fs::read(self.file(name)).map_err(|error| broken(&error))
    }

    /// A file in it.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Instead> {
        fs::write(self.file(name), bytes).map_err(|error| broken(&error))
    }
}

/// A release may lock a log: beside it, and not in the home of whoever runs this.
pub fn lock_beside() {
    env::set_var("CALYBRIS_WAL_LOCK_DIR", folder().join("locks"));
}

fn folder() -> PathBuf {
    env::temp_dir().join(format!("rust-crate-{}", process::id()))
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder that stays is no answer to the question.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn broken(error: &io::Error) -> Instead {
    Instead::Fault(format!("a file of the adapter: {error}"))
}
