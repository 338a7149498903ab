//! Whether a test got what it expects: `/servers/{server}/verify`.

use host_mock::Unmet;
use serde::Serialize;

use crate::answer::Answer;
use crate::problem::Problem;
use crate::routes::Asked;

#[derive(Serialize)]
struct Verified {
    met: bool,
    unmet: Unmet,
}

pub(crate) async fn verify(asked: Asked<'_>) -> Result<Answer, Problem> {
    let unmet = asked.server()?.mocks.verify().err();
    let verified = Verified {
        met: unmet.is_none(),
        unmet: unmet.unwrap_or_default(),
    };
    Answer::json(200, &verified)
}
