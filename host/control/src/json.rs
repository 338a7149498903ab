//! Values that clients send.

use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Reads a value.
///
/// # Errors
/// What is wrong, and where in the value.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        told(&path, error.inner())
    })?;
    // Whoever sends two values means something else.
    reader.end().map_err(|error| told(".", &error))?;
    Ok(value)
}

/// The same of a value that was read before.
pub(crate) fn convert<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        told(&path, error.inner())
    })
}

fn told(path: &str, error: &serde_json::Error) -> Problem {
    // A lone dot is the whole value.
    Problem::bad(match path {
        "." | "" => format!("the body: {error}"),
        path => format!("{path}: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use host_mock::Mock;

    #[test]
    fn mistakes_have_a_place() {
        let read = |text: &str| read::<Vec<Mock>>(text.as_bytes()).map(|_| ()).unwrap_err();
        let detail = |text: &str| format!("{:?}", read(text));
        assert!(detail(r#"[{"response": {"status": "x"}}]"#).contains("[0].response.status"));
        assert!(detail(r#"[{"response": {}, "whenn": []}]"#).contains("whenn"));
        assert!(detail("[] []").contains("the body"));
        assert!(detail("").contains("the body"));
    }
}
