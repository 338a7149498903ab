//! Components and scripts to answer with: `/servers/{server}/handlers`.

use crate::answer::{Answer, done};
use crate::problem::Problem;
use crate::routes::Asked;

pub(crate) async fn put(asked: Asked<'_>) -> Result<Answer, Problem> {
    asked
        .server()?
        .put(asked.second(), asked.body.clone())
        .await?;
    Ok(done())
}

pub(crate) async fn remove(asked: Asked<'_>) -> Result<Answer, Problem> {
    let name = asked.second();
    match asked.server()?.take_away(name).await? {
        true => Ok(done()),
        false => Err(Problem::missing(format!("there is no handler {name:?}"))),
    }
}
