//! Times in JSON: seconds, whole or not, as test_server's `sleep`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};

/// More than this nobody waits for: a day.
const LONGEST: f64 = 86_400.0;

pub(crate) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    if !(0.0..=LONGEST).contains(&seconds) {
        return Err(de::Error::custom("a time is 0 to 86400 seconds"));
    }
    Ok(Duration::from_secs_f64(seconds))
}
