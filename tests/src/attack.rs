//! Attacks on a host that others use meanwhile: what each costs, and that
//! nobody else notices.

use std::fs;

use crate::Host;
use crate::h2::{self, Frame, code, kind};
use crate::load::Load;

/// Requests served beside an attack before it begins and after it has ended.
const BESIDE: u64 = 20;

/// Requests before anything is measured: by then the server's memory has its
/// size, and its code has been read from the disk.
const WARM: u64 = 2_000;

/// Requests by which the cost of one is measured.
const MEASURED: u64 = 1_000;

/// Runs an attack beside two clients, one of each protocol, whose every answer
/// is checked; `/f.txt` must be `fine`. Fails where the server's memory grows
/// by more than `most` bytes at its peak. Prints what the attack cost: that
/// growth, the CPU time less what the requests beside it cost, and those.
pub fn attack(name: &str, mut host: Host, most: u64, run: impl FnOnce(&Host)) {
    let load = Load::get(&host, 1, "/f.txt", "fine");
    let other = beside(&host);
    load.wait_for(WARM);
    let (cpu, done) = (cpu_seconds(&host), load.done() + other.done());
    load.wait_for(MEASURED);
    other.wait_for(BESIDE);
    let measured = (load.done() + other.done() - done) as f64;
    let request = (cpu_seconds(&host) - cpu) / measured;

    host.reset_peak_memory();
    let (memory, cpu) = (host.memory("VmRSS"), cpu_seconds(&host));
    let done = load.done() + other.done();
    run(&host);
    let served = load.done() + other.done() - done;
    let cpu = cpu_seconds(&host) - cpu - request * served as f64;
    let grown = host.memory("VmHWM").saturating_sub(memory);

    load.wait_for(BESIDE);
    other.wait_for(BESIDE);
    load.stop();
    other.stop();
    println!(
        "attack: {name}: {} KiB more at the peak (bound {} KiB), {:.2} s of CPU, {served} requests beside it",
        grown >> 10,
        most >> 10,
        cpu.max(0.0),
    );
    assert!(grown < most, "{name}: {} KiB more", grown >> 10);
    host.assert_well();
    host.stop();
}

/// GETs on an HTTP/2 connection.
fn beside(host: &Host) -> Load {
    let address = host.http();
    let connect = || {
        let mut client = h2::Client::connect_raw(address);
        client.begin();
        (client, 1)
    };
    Load::start(1, connect, |(client, stream)| {
        let answer = client.get(*stream, "/f.txt").answer(*stream);
        *stream += 2;
        match answer.status == 200 && answer.body == b"fine" {
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
