//! `/stasher?do=NAME&key=UUID`: one operation on the stash, at `&path=` if that
//! is given. The answer says what came of it: `ok`, `some VALUE`, `none`, or the
//! error as a value.

use std::fmt::Debug;
use std::time::Duration;

use host_guest::bindings::host::handler::stash as bindings;
use host_guest::stash::{self, Stash, StashError};
use host_guest::{Answer, clock, prelude::*};

/// What is asked for.
struct Asked {
    stash: Stash,
    key: BString,
    value: BString,
}

impl Asked {
    fn new(request: &Request) -> Self {
        let text = |name: &str| request.query().first(name).cloned();
        let bytes = text("bytes").and_then(|number| number.to_string().parse().ok());
        Self {
            stash: text("path").map_or_else(Stash::default, |path| stash::at(path.to_string())),
            key: text("key").unwrap_or_default(),
            value: match bytes {
                Some(bytes) => vec![b'x'; bytes].into(),
                None => text("value").unwrap_or_default(),
            },
        }
    }

    /// As one would count without knowing that others do: the lock makes it right.
    fn count(&self) -> Result<u64> {
        let _guard = stash::lock()?;
        let before: u64 = match self.stash.take(&self.key)? {
            Some(number) => number.to_string().parse()?,
            None => 0,
        };
        // Time enough for another to come between, were it not for the lock.
        clock::sleep(Duration::from_millis(1));
        self.stash.put(&self.key, (before + 1).to_string())?;
        Ok(before)
    }
}

#[main]
fn main(request: &Request, response: &mut Response) -> Result<Option<Answer>> {
    let asked = Asked::new(request);
    let Asked { stash, key, value } = &asked;
    let name = request.query().first("do").cloned().unwrap_or_default();
    let said = match name.to_string().as_str() {
        "put" => done(stash.put(key, value)),
        "put?" => {
            stash.put(key, value)?;
            done(Ok::<_, Error>(()))
        }
        "take" => found(stash.take(key)),
        "send" => done(stash.send(key, value)),
        "receive" => found(stash.receive(key, Duration::ZERO)),
        "wait-a-little" => found(stash.receive(key, Duration::from_millis(20))),
        // The path of the module's own functions.
        "own" => {
            stash::put(key, value)?;
            stash::send(key, value)?;
            stash::receive(key, Duration::ZERO)?;
            found(stash::take(key))
        }

        "count" => format!("counted {}", asked.count()?).into_bytes(),
        "twice" => {
            let _guard = stash::lock()?;
            done(stash::lock())
        }
        "again" => {
            drop(stash::lock()?);
            done(stash::lock())
        }
        "released" => {
            let first = bindings::lock()?;
            first.release();
            let _second = stash::lock()?;
            drop(first);
            done(stash::lock())
        }
        "forget" => {
            std::mem::forget(stash::lock()?);
            b"forgotten".to_vec()
        }
        "panic" => {
            let _guard = stash::lock()?;
            panic!("as asked");
        }
        "lock" => done(stash::lock()),

        // These say when they have come so far, and go on at a message.
        "hold" => {
            let _guard = stash::lock()?;
            return talk(&asked, response, "held\n");
        }
        "wait" => return talk(&asked, response, "waiting\n"),
        other => return Err(Error::status(404, format!("no case {other:?}"))),
    };
    Ok(Some(Answer {
        content: Some(said.into()),
        ..Answer::default()
    }))
}

fn talk(asked: &Asked, response: &mut Response, first: &'static str) -> Result<Option<Answer>> {
    let writer = response.writer();
    writer.write_headers(200, [("x-said", "first")])?;
    writer.write_data(first)?;
    let message = asked.stash.receive(&asked.key, Duration::MAX);
    writer.write_data_last(found(message))?;
    Ok(None)
}

fn done<T, E: Debug>(result: Result<T, E>) -> Vec<u8> {
    match result {
        Ok(_) => b"ok".to_vec(),
        Err(error) => format!("{error:?}").into_bytes(),
    }
}

fn found(result: Result<Option<BString>, StashError>) -> Vec<u8> {
    match result {
        Ok(Some(value)) => [b"some ", value.as_slice()].concat(),
        Ok(None) => b"none".to_vec(),
        Err(error) => format!("{error:?}").into_bytes(),
    }
}
