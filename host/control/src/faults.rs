//! Connections that fail: `/servers/{server}/faults`.

use host_mock::ConnectionFault;
use serde_json::{Map, Value};

use crate::answer::{Answer, done};
use crate::json;
use crate::problem::Problem;
use crate::routes::Asked;

pub(crate) async fn add(asked: Asked<'_>) -> Result<Answer, Problem> {
    let server = asked.server()?;
    let (fault, times) = read(asked.json()?)?;
    let added = server.mocks.fail_connections(fault, times);
    added.map_err(|full| Problem::conflict(full.to_string()))?;
    Ok(done())
}

pub(crate) async fn clear(asked: Asked<'_>) -> Result<Answer, Problem> {
    asked.server()?.mocks.clear_connection_faults();
    Ok(done())
}

/// A fault, with how many connections have it beside its own keys.
pub(crate) fn read(mut wanted: Map<String, Value>) -> Result<(ConnectionFault, u64), Problem> {
    let times = match wanted.remove("times") {
        None => 1,
        Some(times) => match times.as_u64() {
            Some(times) if times > 0 => times,
            _ => return Err(Problem::bad("times: a number from 1 on")),
        },
    };
    Ok((json::convert(Value::Object(wanted))?, times))
}
