//! What does not grow: starting with the number of files, memory with the number
//! of idle connections.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use host_tests::{DEADLINE, Host};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::process::{Resource, getrlimit, setrlimit};

const MIB: u64 = 1024 * 1024;

const FOLDERS: usize = 500;
const FILES_OF_EACH: usize = 100;

/// The folders beneath `root` that are opened from now on, as they are counted
/// when the function that comes back is called.
fn watch_folders(root: &Path) -> impl FnOnce() -> BTreeSet<i32> + use<> {
    let events = inotify::init(CreateFlags::NONBLOCK).expect("inotify");
    for folder in fs::read_dir(root).unwrap() {
        let path = folder.unwrap().path();
        if path.is_dir() {
            inotify::add_watch(&events, path, WatchFlags::OPEN).expect("to watch a folder");
        }
    }
    move || {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 64 * 1024];
        let mut reader = inotify::Reader::new(&events, &mut buffer);
        let mut opened = BTreeSet::new();
        while let Ok(event) = reader.next() {
            // A file in it that is opened is no look into the folder.
            if event.events().contains(ReadFlags::ISDIR) && event.file_name().is_none() {
                opened.insert(event.wd());
            }
        }
        opened
    }
}

/// A scan at the start would open every folder. Some are looked into, since
/// handlers near the top are loaded before they are asked for.
#[test]
fn a_folder_of_fifty_thousand_files_is_served_without_looking_through_it() {
    let host = Host::builder().plugins(&["hello"]).file("one", "x");
    let one = host.folder().join("one");
    for folder in 0..FOLDERS {
        let folder = host.folder().join(folder.to_string());
        fs::create_dir(&folder).unwrap();
        for file in 0..FILES_OF_EACH {
            fs::hard_link(&one, folder.join(format!("{file}.txt"))).unwrap();
        }
    }
    let folder = host.folder().to_owned();
    let opened = watch_folders(&folder);
    let mut host = host.start();
    let mut client = host.h1();
    for folder in [0, 77, FOLDERS - 1] {
        let path = format!("/{folder}/{}.txt", FILES_OF_EACH - 1);
        assert_eq!(client.get(&path).text(), "x");
    }
    assert_eq!(client.get("/hello").status, 200);
    // Nothing is looked at behind their backs either.
    host.hang_up();
    host.signal("TERM");
    host.wait();
    let opened = opened();
    assert!(opened.len() <= FOLDERS / 10, "{} folders", opened.len());
}

/// Lets this process, and those that it starts, have enough sockets open.
fn allow_descriptors(wanted: u64) {
    let mut limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    assert!(
        most > wanted,
        "the system allows {most} open files: ulimit -Hn"
    );
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("to raise a limit");
}

/// One request on a connection, and all of its answer.
fn ask(connection: &TcpStream) {
    let request = b"GET /a.txt HTTP/1.1\r\nHost: test\r\n\r\n";
    (&*connection).write_all(request).expect("to send");
    let mut answer = BufReader::new(connection);
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        answer.read_line(&mut line).expect("to receive");
        assert!(!line.is_empty(), "the connection is closed");
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut content = vec![0; length];
    answer.read_exact(&mut content).expect("to receive");
    assert_eq!(content, b"hello");
}

fn connect(address: SocketAddr) -> TcpStream {
    let connection = TcpStream::connect(address).expect("to connect");
    connection.set_read_timeout(Some(DEADLINE)).unwrap();
    ask(&connection);
    connection
}

#[test]
fn ten_thousand_idle_connections_fit_in_500_mib() {
    const CONNECTIONS: usize = 10_000;
    allow_descriptors(CONNECTIONS as u64 + 200);
    let limit = (CONNECTIONS + 100).to_string();
    let host = Host::builder()
        .file("a.txt", "hello")
        .args([
            "--max-connections",
            &limit,
            "--idle-timeout",
            "1h",
            "--log",
            "warn",
        ])
        .start();
    let connections: Vec<_> = (0..CONNECTIONS).map(|_| connect(host.http())).collect();
    let memory = host.memory("VmRSS");
    println!("{} MiB", memory / MIB);
    assert!(memory < 500 * MIB, "{} MiB", memory / MIB);
    // None of them was closed meanwhile.
    connections.iter().for_each(ask);
}
