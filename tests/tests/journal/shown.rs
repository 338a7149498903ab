//! How `host journal` shows it.

use host_tests::h2::ping;
use host_tests::{Host, run, run_with};

use crate::{Kept, scripted};

#[test]
fn it_is_shown_by_connection_stream_and_handler() {
    let kept = Kept::start();
    let mut client = kept.host.h2();
    client.get(1, "/hello").answer(1).expect(200);
    client.get(3, "/nowhere").answer(3).expect(404);
    client.send(ping(*b"together"));
    client.expect(ping(*b"together").ack());
    drop(client);
    scripted(&kept.host);
    let journal = kept.stop();

    let all = journal.shown(&[]);
    assert_eq!(all.lines().count(), journal.entries.len());
    assert!(all.contains(":path: /hello"), "{all}");
    assert!(!all.contains('\u{1b}'), "colours for a pipe:\n{all}");

    let first = journal.shown(&["--connection", "1"]);
    assert!(first.contains("/nowhere"), "{first}");
    assert!(!first.contains("/wire"), "{first}");
    let stream = journal.shown(&["--connection", "1", "--stream", "3"]);
    assert!(stream.contains("/nowhere"), "{stream}");
    assert!(!stream.contains("/hello"), "{stream}");
    assert!(!stream.contains("SETTINGS"), "{stream}");
    assert!(stream.contains("open"), "{stream}");

    let handler = journal.shown(&["--handler", "/wire", "--format", "json"]);
    let events = |entry: &str| handler.matches(entry).count();
    assert_eq!(events("\"event\":\"exchange\""), 1, "{handler}");
    // The request's head too, though the route was only found after it, and
    // what the handler wrote on a foreign stream.
    assert_eq!(events("\":path\",\"/wire\""), 1, "{handler}");
    assert_eq!(events("\"stream\":9"), 1, "{handler}");
    assert_eq!(events("/hello"), 0, "{handler}");
    // And what became of its connection.
    assert_eq!(events("\"event\":\"open\""), 1, "{handler}");
    assert_eq!(events("\"event\":\"close\""), 1, "{handler}");
    let tenant = [
        "--tenant",
        "default",
        "--handler",
        "wire",
        "--format",
        "json",
    ];
    assert_eq!(journal.shown(&tenant), handler, "the slash may be left out");
    let nothing = run([
        "journal",
        &journal.file.display().to_string(),
        "--tenant",
        "other",
    ]);
    nothing
        .success()
        .says(&["nothing in this journal is what was asked for"]);
    let coloured = journal.shown(&["--color", "always"]);
    assert!(coloured.contains("\u{1b}["), "{coloured}");

    // The same from a pipe, which can be read only once.
    let lines = std::fs::read(&journal.file).unwrap();
    let args = ["journal", "-", "--handler", "/wire", "--format", "json"];
    assert_eq!(run_with(args, &lines).success().text(), handler);
}

#[test]
fn broken_lines_are_passed_over_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal");
    let line = r#"{"us":1,"connection":1,"event":"reset"}"#;
    std::fs::write(&file, format!("{line}\nhalf a li\n{line}\n")).unwrap();
    let name = file.display().to_string();
    let shown = run(["journal", &name]).failure();
    assert_eq!(shown.text().lines().count(), 2);
    shown.says(&["line 2 is no entry of a journal"]);
    // The last line may be on its way.
    std::fs::write(&file, format!("{line}\n{}", &line[..20])).unwrap();
    let shown = run(["journal", &name]).success();
    assert_eq!(shown.text().lines().count(), 1);
    shown.says(&["line 2, the last one, is cut off"]);
    std::fs::write(&file, "no journal\n".repeat(100)).unwrap();
    run(["journal", &name])
        .failure()
        .says(&["this is no journal"]);
    std::fs::write(&file, "").unwrap();
    run(["journal", &name])
        .success()
        .says(&["this journal is empty"]);
    let folder = folder.path().display().to_string();
    run(["journal", &folder])
        .failure()
        .says(&[&folder, "is a directory"]);
    run(["journal", "/nowhere/at/all"])
        .failure()
        .says(&["/nowhere/at/all"]);
    Host::builder()
        .args(["--journal", "/nowhere/at/all"])
        .fails()
        .says(&["the journal /nowhere/at/all cannot be written"]);
}
