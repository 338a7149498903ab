//! What a server's mocks are, and what came to them.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize, Serializer};
use tokio::sync::watch;

use crate::calls::Calls;
use crate::limits::FAULTS;
use crate::{Answer, ConnectionFault, Limits, Mock, Request};

/// The mocks of one server, and the requests that it got. All of it can be used
/// from any thread, and by several at a time.
#[derive(Debug)]
pub struct Mocks {
    pub(crate) limits: Limits,
    pub(crate) calls: Calls,
    /// Whether somebody else answers what no mock does: then it is not unmatched.
    passes: bool,
    state: Mutex<State>,
    /// Tells of each change in what came.
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    /// In the order in which they are asked. Who asks them holds no lock: their
    /// conditions may be the test's own functions, which may look at the server.
    mocks: Arc<Vec<Arc<Entry>>>,
    last_mock: u64,
    unmatched: Option<Answer>,
    requests: VecDeque<Arc<Request>>,
    /// What those take.
    bytes: usize,
    last_request: u64,
    /// The last one that was taken.
    taken: u64,
    /// The last one that is forgotten: it counts nowhere.
    forgotten: u64,
    counts: Counts,
    faults: VecDeque<(ConnectionFault, u64)>,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    mock: Arc<Mock>,
    answered: AtomicU64,
}

/// How much came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Requests that were kept, those that are no longer among them.
    pub received: u64,
    /// Requests whose answer is over, whatever became of it.
    pub answered: u64,
    /// Requests that nothing answered.
    pub unmatched: u64,
    /// Requests that are no longer kept.
    pub dropped: u64,
}

/// A mock of a server.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Listed {
    /// Its number, from 1, in the order in which mocks were added.
    pub id: u64,
    /// How many requests it has answered.
    pub answered: u64,
    /// What it is.
    #[serde(serialize_with = "shared")]
    pub mock: Arc<Mock>,
}

/// There are as many as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooMany {
    /// Mocks: [`Limits::mocks`].
    #[error("{0} mocks are all that a server has")]
    Mocks(usize),
    /// Faults that connections are to have.
    #[error("{0} faults are all that wait for connections")]
    Faults(usize),
}

/// What is to become of a request.
#[derive(Debug)]
pub(crate) enum Choice {
    /// This mock answers.
    Mock { id: u64, answer: Answer },
    /// None does.
    Unmatched { answer: Option<Answer>, why: String },
}

impl Mocks {
    /// Without any mocks. `passes`: requests that no mock answers are somebody
    /// else's, and no mistake.
    pub fn new(limits: Limits, passes: bool) -> Arc<Self> {
        Arc::new(Self {
            limits,
            calls: Calls::default(),
            passes,
            state: Mutex::default(),
            changed: watch::Sender::new(()),
        })
    }

    /// Adds a mock; answers its number.
    ///
    /// Where there are as many as there may be, those go that have no answers left
    /// and of which nothing is expected.
    ///
    /// # Errors
    /// There are too many.
    pub fn add(&self, mock: Mock) -> Result<u64, TooMany> {
        let ids = self.add_all([mock])?;
        Ok(ids.start)
    }

    /// Adds mocks, all of them or none; answers their numbers.
    ///
    /// # Errors
    /// There are too many.
    pub fn add_all(&self, mocks: impl IntoIterator<Item = Mock>) -> Result<Range<u64>, TooMany> {
        let new: Vec<Mock> = mocks.into_iter().collect();
        let mut state = self.state.lock();
        let state = &mut *state;
        let most = self.limits.mocks;
        let mocks = Arc::make_mut(&mut state.mocks);
        if mocks.len() + new.len() > most {
            mocks.retain(|entry| entry.is_left() || entry.mock.expect.is_some());
        }
        if mocks.len() + new.len() > most {
            return Err(TooMany::Mocks(most));
        }
        let first = state.last_mock + 1;
        for mock in new {
            state.last_mock += 1;
            let rank = |mock: &Mock| (Reverse(mock.priority), mock.when.is_empty());
            let at = mocks.partition_point(|entry| rank(&entry.mock) <= rank(&mock));
            let entry = Entry {
                id: state.last_mock,
                mock: Arc::new(mock),
                answered: AtomicU64::new(0),
            };
            mocks.insert(at, Arc::new(entry));
        }
        Ok(first..state.last_mock + 1)
    }

    /// Takes a mock away; says whether it was there.
    pub fn remove(&self, id: u64) -> bool {
        let mocks = &mut self.state.lock().mocks;
        let before = mocks.len();
        Arc::make_mut(mocks).retain(|entry| entry.id != id);
        mocks.len() < before
    }

    /// Takes all mocks away.
    pub fn clear(&self) {
        self.state.lock().mocks = Arc::default();
    }

    /// The mocks, in the order in which they are asked, those that have no answers
    /// left among them.
    pub fn list(&self) -> Vec<Listed> {
        let mocks = self.mocks();
        mocks.iter().map(|entry| entry.listed()).collect()
    }

    /// The mock of this number.
    pub fn mock(&self, id: u64) -> Option<Listed> {
        let mocks = self.mocks();
        let entry = mocks.iter().find(|entry| entry.id == id)?;
        Some(entry.listed())
    }

    fn mocks(&self) -> Arc<Vec<Arc<Entry>>> {
        Arc::clone(&self.state.lock().mocks)
    }

    /// What requests are answered with that no mock answers; `None` for 555 and the
    /// reason. They are unmatched all the same. Where such requests are somebody
    /// else's, it is not used.
    pub fn set_unmatched(&self, answer: Option<Answer>) {
        self.state.lock().unmatched = answer;
    }

    /// Forgets mocks, requests, connections' faults and counts. Numbers go on.
    pub fn reset(&self) {
        {
            let mut state = self.state.lock();
            *state = State {
                last_mock: state.last_mock,
                last_request: state.last_request,
                taken: state.last_request,
                forgotten: state.last_request,
                ..State::default()
            };
        }
        self.calls.clear();
        self.tell();
    }

    /// Forgets requests and counts, and keeps the mocks.
    pub fn forget_requests(&self) {
        {
            let mut state = self.state.lock();
            state.requests.clear();
            state.bytes = 0;
            state.taken = state.last_request;
            state.forgotten = state.last_request;
            state.counts = Counts::default();
        }
        self.tell();
    }

    /// The requests that are kept and have a higher number than this.
    pub fn requests(&self, after: u64) -> Vec<Arc<Request>> {
        let state = self.state.lock();
        let from = state
            .requests
            .partition_point(|request| request.id <= after);
        state.requests.range(from..).cloned().collect()
    }

    /// The oldest request that was not taken before. Taken requests are kept.
    pub fn take(&self) -> Option<Arc<Request>> {
        let mut state = self.state.lock();
        let taken = state.taken;
        let next = state
            .requests
            .partition_point(|request| request.id <= taken);
        let request = Arc::clone(state.requests.get(next)?);
        state.taken = request.id;
        Some(request)
    }

    /// How much came.
    pub fn counts(&self) -> Counts {
        self.state.lock().counts
    }

    /// Waits until this has a value, which is asked now and at each change in what
    /// came: when a request is there, and when it was answered.
    ///
    /// Cancel-safe: the value is returned by the poll that has found it.
    pub async fn until<T>(&self, mut ready: impl FnMut(&Self) -> Option<T>) -> T {
        let mut changes = self.changed.subscribe();
        loop {
            if let Some(value) = ready(self) {
                return value;
            }
            // Its sender is ours, and so not gone.
            let _ = changes.changed().await;
        }
    }

    /// The next so many connections fail in this way.
    ///
    /// # Errors
    /// Too many others are to be had before.
    pub fn fail_connections(&self, fault: ConnectionFault, times: u64) -> Result<(), TooMany> {
        let faults = &mut self.state.lock().faults;
        if faults.len() == FAULTS {
            return Err(TooMany::Faults(FAULTS));
        }
        if times > 0 {
            faults.push_back((fault, times));
        }
        Ok(())
    }

    /// No connection fails any more.
    pub fn clear_connection_faults(&self) {
        self.state.lock().faults.clear();
    }

    /// How the connection that has just come fails, if it does.
    pub fn connection_fault(&self) -> Option<ConnectionFault> {
        let faults = &mut self.state.lock().faults;
        let (fault, left) = faults.front_mut()?;
        let fault = *fault;
        *left -= 1;
        if *left == 0 {
            faults.pop_front();
        }
        Some(fault)
    }

    /// Whether a request's body has to be there before a mock can be chosen.
    pub(crate) fn need_body(&self) -> bool {
        let mocks = self.mocks();
        let mut left = mocks.iter().filter(|entry| entry.is_left());
        left.any(|entry| entry.mock.needs_body())
    }

    /// Chooses who answers, and counts it.
    pub(crate) fn choose(&self, request: &Request) -> Choice {
        let mocks = self.mocks();
        let left = mocks.iter().filter(|entry| entry.is_left());
        let mut wanting = left.filter(|entry| entry.mock.wants(request));
        if let Some(entry) = wanting.find(|entry| entry.claim()) {
            return Choice::Mock {
                id: entry.id,
                answer: entry.mock.answer.clone(),
            };
        }
        Choice::Unmatched {
            answer: self.state.lock().unmatched.clone(),
            why: match self.passes {
                true => String::new(),
                false => closest(&mocks, request),
            },
        }
    }

    /// Keeps a request, and gives it its number.
    pub(crate) fn record(&self, request: &mut Arc<Request>) {
        {
            let mut state = self.state.lock();
            let state = &mut *state;
            state.last_request += 1;
            let numbered = Arc::make_mut(request);
            numbered.id = state.last_request;
            state.counts.received += 1;
            state.counts.unmatched += u64::from(numbered.unmatched.is_some());
            state.bytes += size(numbered);
            state.requests.push_back(Arc::clone(request));
            while state.requests.len() > self.limits.requests || state.bytes > self.limits.bytes {
                let Some(oldest) = state.requests.pop_front() else {
                    break;
                };
                state.bytes -= size(&oldest);
                state.counts.dropped += 1;
            }
        }
        self.tell();
    }

    /// The answer to the request of this number is over.
    pub(crate) fn answered(&self, id: u64) {
        {
            let mut state = self.state.lock();
            if id <= state.forgotten {
                return;
            }
            state.counts.answered += 1;
        }
        self.tell();
    }

    pub(crate) fn passes(&self) -> bool {
        self.passes
    }

    fn tell(&self) {
        self.changed.send_replace(());
    }
}

impl Entry {
    fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    fn may(&self, answered: u64) -> bool {
        self.mock.limit().is_none_or(|limit| answered < limit)
    }

    /// Whether it may answer once more.
    fn is_left(&self) -> bool {
        self.may(self.answered())
    }

    /// Answers once more, if it may.
    fn claim(&self) -> bool {
        let claimed = |answered| self.may(answered).then(|| answered + 1);
        let order = Ordering::Relaxed;
        self.answered.fetch_update(order, order, claimed).is_ok()
    }

    fn listed(&self) -> Listed {
        Listed {
            id: self.id,
            answered: self.answered(),
            mock: Arc::clone(&self.mock),
        }
    }
}

/// Says what the mock that fits best does not like in the request.
fn closest(mocks: &[Arc<Entry>], request: &Request) -> String {
    let judged = mocks
        .iter()
        .map(|entry| (entry, entry.mock.misses(request)));
    let Some((entry, misses)) = judged.min_by_key(|(_, misses)| misses.len()) else {
        return "no response available: there are no mocks".to_owned();
    };
    let id = entry.id;
    if misses.is_empty() {
        let times = entry.answered();
        return format!(
            "no response available: mock {id} would do, and has answered {times} times already"
        );
    }
    format!(
        "no response available: mock {id} is closest, and wants that {}",
        misses.join("; that ")
    )
}

/// About what a request takes, in bytes.
fn size(request: &Request) -> usize {
    let line = |(name, value): &(crate::Data, crate::Data)| name.len() + value.len() + 64;
    let headers: usize = request.headers.0.iter().map(line).sum();
    let trailers: usize = request.trailers.0.iter().map(line).sum();
    let frames = request.frames.len() * size_of::<crate::request::Frame>();
    size_of::<Request>() + request.target.len() + headers + trailers + frames + request.body.len()
}

/// Tells what is behind an `Arc`.
pub(crate) fn shared<T: Serialize, S: Serializer>(
    value: &Arc<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_ref().serialize(serializer)
}
