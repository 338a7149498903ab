//! Compiled Python: the SDK's `build.py`, which finds the hooks and has
//! componentize-py put an interpreter around the handler.

use std::env;
use std::path::PathBuf;

use tokio::process::Command;

use crate::tools::Tool;
use crate::{BuildError, Missing, Output, Project, sdk};

const PYTHON: Tool = Tool {
    name: "python3",
    variable: Some("PYTHON"),
    why: "it builds handlers in Python, version 3.10 or later",
    install: |system| {
        let other = "download it from https://www.python.org/downloads";
        vec![system.install("python3 python3-venv", "python", other)]
    },
};

const COMPONENTIZE_PY: &str = "componentize-py";

/// The component of a module in Python.
pub(crate) async fn component(
    project: &Project,
    output: &mut Output<'_>,
) -> Result<Vec<u8>, BuildError> {
    let python = PYTHON.find(&project.tools)?;
    let componentize = Tool {
        name: COMPONENTIZE_PY,
        variable: None,
        why: "it puts CPython around a handler",
        install: |_| Vec::new(),
    };
    let Ok(componentize) = componentize.find(&project.tools) else {
        let folder = project.folder.display();
        return Err(Missing {
            tool: COMPONENTIZE_PY.to_owned(),
            why: "it puts CPython around a handler",
            install: vec![
                format!("python3 -m venv {folder}/.venv"),
                format!("{folder}/.venv/bin/pip install componentize-py==0.25.1"),
            ],
        }
        .into());
    };
    let mut python = Command::new(python);
    python.current_dir(&project.folder);
    // It is found by its name.
    let path = env::var_os("PATH").unwrap_or_default();
    let folder = componentize.parent().map(PathBuf::from);
    let path = env::join_paths(folder.into_iter().chain(env::split_paths(&path)));
    python.env("PATH", path.unwrap_or_default());
    python.arg(sdk::folder(project).join("guest-sdk/python-component/build.py"));
    super::by_file(python, project, output).await
}
