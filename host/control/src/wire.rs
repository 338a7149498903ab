//! What passed on the wire: `/servers/{server}/wire`.

use crate::answer::Answer;
use crate::problem::Problem;
use crate::routes::Asked;

pub(crate) async fn lines(asked: Asked<'_>) -> Result<Answer, Problem> {
    let server = asked.server()?;
    let connection = asked.parameters.number("connection")?;
    let Some(wire) = &server.wire else {
        let why =
            "nothing is kept of this server's wire: \"wire\": true asks for it when it is made";
        return Err(Problem::missing(why));
    };
    let mut text = wire.lines(connection).join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    Ok(Answer::of(200, "application/x-ndjson", text.into()))
}
