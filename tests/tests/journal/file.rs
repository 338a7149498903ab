//! Where it is kept.

use host_tests::Host;

#[test]
fn it_is_in_no_folder_that_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    for place in ["wire.jsonl", "deep/wire.jsonl", "link"] {
        let host = Host::builder().file("deep/f.txt", "");
        let journal = match place {
            "link" => {
                std::os::unix::fs::symlink(host.folder().join("deep"), &link).unwrap();
                link.join("wire.jsonl")
            }
            place => host.folder().join(place),
        };
        let refused = host.args(["--journal".into(), journal]).fails();
        refused.says(&["would be in", "which is served"]);
    }
}

#[test]
fn it_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let kept = crate::Kept::start();
    let journal = kept.stop();
    let mode = std::fs::metadata(&journal.file)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
