//! WASI 0.2 for guests whose toolchains ask for it: clocks, randomness, stdout
//! and stderr into the handler's log, and the files of a folder that the guest
//! was granted, requests to servers that its tenant was granted (`outgoing/`). No
//! sockets, no environment: those interfaces are linked, and there is nothing in
//! them.

mod descriptors;
mod folder;
mod output;
mod sources;

use std::sync::Arc;

use cap_std::fs::Dir;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::p2::bindings::filesystem::{preopens, types};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use self::descriptors::Files;
use self::folder::Folder;
use self::output::Output;
use crate::context::Context;
use crate::outgoing::Sender;
use crate::state::State;

/// What a guest that uses WASI holds.
pub(crate) struct Wasi {
    ctx: WasiCtx,
    table: ResourceTable,
    folder: Folder,
    outputs: [Output; 2],
    http: WasiHttpCtx,
    sender: Sender,
}

impl Wasi {
    fn new(context: &Arc<Context>) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(context.tenant.limits.handles);
        let stdout = Output::new(context, tracing::Level::INFO);
        let stderr = Output::new(context, tracing::Level::WARN);
        let ctx = WasiCtx::builder()
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            .allow_tcp(false)
            .allow_udp(false)
            .build();
        Self {
            ctx,
            table,
            folder: Folder::default(),
            outputs: [stdout, stderr],
            http: WasiHttpCtx::new(),
            sender: Sender::new(context),
        }
    }

    /// What is written from now on is that run's.
    pub(crate) fn speak_for(&mut self, context: &Arc<Context>) {
        for output in &self.outputs {
            output.speak_for(context);
        }
        self.sender = Sender::new(context);
    }

    /// Whether all sources that the guest has read are what they were.
    pub(crate) fn is_current(&self, dir: &Dir) -> bool {
        self.folder.sources.are_current(dir)
    }
}

/// Gives guests WASI's interfaces, those of files in our own way.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    linker.allow_shadowing(true);
    preopens::add_to_linker::<State, Files<'static>>(linker, State::wasi_files)?;
    types::add_to_linker::<State, Files<'static>>(linker, State::wasi_files)?;
    linker.allow_shadowing(false);
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)
}

impl State {
    fn wasi(&mut self) -> (&mut Wasi, &Arc<Context>) {
        let context = &self.context;
        let wasi = &mut self.wasi;
        let wasi = wasi.get_or_insert_with(|| Box::new(Wasi::new(context)));
        (wasi, context)
    }

    fn wasi_files(&mut self) -> Files<'_> {
        let (wasi, context) = self.wasi();
        Files {
            folder: &mut wasi.folder,
            table: &mut wasi.table,
            context,
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (wasi, _) = self.wasi();
        WasiCtxView {
            ctx: &mut wasi.ctx,
            table: &mut wasi.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let (wasi, _) = self.wasi();
        WasiHttpCtxView {
            hooks: &mut wasi.sender,
            table: &mut wasi.table,
            ctx: &mut wasi.http,
        }
    }
}
