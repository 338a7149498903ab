//! Attacks on a host that others use meanwhile: what each costs, and that
//! nobody else notices.

use std::fs;

use crate::Host;
use crate::h2::{self, Frame, code, kind};
use crate::load::Load;

/// Requests that each client beside an attack is served after it has ended.
const BESIDE: u64 = 20;

/// Requests before anything is measured: by then the server's memory has its
/// size, and its code has been read from the disk.
const WARM: u64 = 2_000;

/// Requests by which the cost of one is measured.
const MEASURED: u64 = 1_000;

/// The most that an attack may cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// By which the server's memory may grow at the peak, in bytes.
    pub memory: u64,
    /// CPU time beyond what the requests beside the attack take, in seconds:
    /// generous, for machines are slow and busy, and far below what an attack
    /// costs that is not bounded.
    pub cpu: f64,
}

/// Runs an attack beside three clients whose every answer is checked: a file on
/// HTTP/1 and on HTTP/2, where `/f.txt` must be `fine`, and the handler `/hello`
/// on HTTP/2. Fails where one of them is not served meanwhile, or where the
/// attack costs more than `most`. Prints what it did cost.
pub fn attack(name: &str, mut host: Host, most: Cost, run: impl FnOnce(&Host)) {
    let beside = [
        Load::get(&host, 1, "/f.txt", "fine"),
        gets(&host, "/f.txt", b"fine"),
        gets(&host, "/hello", b"Hello, world!\n"),
    ];
    let done = || beside.iter().map(Load::done).collect::<Vec<_>>();
    beside[0].wait_for(WARM);
    let (cpu, before) = (cpu_seconds(&host), done());
    beside.iter().for_each(|load| load.wait_for(MEASURED / 4));
    let each = (cpu_seconds(&host) - cpu) / served(&before, &done()).iter().sum::<u64>() as f64;

    host.reset_peak_memory();
    let (memory, cpu, before) = (host.memory("VmRSS"), cpu_seconds(&host), done());
    run(&host);
    let served = served(&before, &done());
    let all: u64 = served.iter().sum();
    let cpu = (cpu_seconds(&host) - cpu - each * all as f64).max(0.0);
    let grown = host.memory("VmHWM").saturating_sub(memory);

    for load in beside {
        load.wait_for(BESIDE);
        load.stop();
    }
    println!(
        "attack: {name}: {} KiB more at the peak (bound {} KiB), {cpu:.2} s of CPU (bound {} s), {served:?} requests beside it",
        grown >> 10,
        most.memory >> 10,
        most.cpu,
    );
    assert!(served.iter().all(|n| *n > 0), "{name}: {served:?}");
    assert!(grown < most.memory, "{name}: {} KiB more", grown >> 10);
    assert!(cpu < most.cpu, "{name}: {cpu:.2} s of CPU");
    host.assert_well();
    host.stop();
}

/// What each client beside an attack was served between two looks.
fn served(before: &[u64], after: &[u64]) -> Vec<u64> {
    let pairs = before.iter().zip(after);
    pairs.map(|(before, after)| after - before).collect()
}

/// GETs on an HTTP/2 connection, all answered with that body.
fn gets(host: &Host, path: &'static str, body: &'static [u8]) -> Load {
    let address = host.http();
    let connect = || {
        let mut client = h2::Client::connect_raw(address);
        client.begin();
        (client, 1)
    };
    Load::start(1, connect, move |(client, stream)| {
        let answer = client.get(*stream, path).answer(*stream);
        *stream += 2;
        match answer.status == 200 && answer.body == body {
            true => Ok(()),
            false => Err(format!("{answer:?}")),
        }
    })
}

/// The server's CPU time so far: what the kernel's scheduler has counted for
/// each of its threads.
fn cpu_seconds(host: &Host) -> f64 {
    let threads = fs::read_dir(format!("/proc/{}/task", host.pid())).expect("procfs");
    let of = |thread: fs::DirEntry| {
        // A thread may end meanwhile.
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    let nanoseconds: f64 = threads.flatten().filter_map(of).sum();
    nanoseconds / 1e9
}

/// Sends all of it on a connection of its own, whatever the server says
/// meanwhile, and checks that it ends with ENHANCE_YOUR_CALM for that reason.
#[track_caller]
pub fn calmed(host: &Host, section: &str, frames: impl IntoIterator<Item = Frame>) {
    let mut client = host.h2();
    let bytes: Vec<u8> = frames.into_iter().flat_map(|f| f.encode()).collect();
    client.raw(bytes);
    loop {
        let Some(got) = client.next_of_exchange() else {
            panic!("{section}: closed without a word");
        };
        if got.kind == kind::GOAWAY {
            assert_eq!(got.code(), Some(code::ENHANCE_YOUR_CALM), "{got:?}");
            break;
        }
    }
    client.expect_close();
    host.wait_for_violation_by(client.address(), section);
}
