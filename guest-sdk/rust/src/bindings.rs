//! What wit-bindgen makes of `wit/`: the contract itself, unadorned. Use it
//! where the rest of this crate leaves something out.
//!
//! The interfaces are generated once, below [`host::handler`]. Each hook has a
//! module with a `Guest` trait and an `export!` macro, so that a component
//! exports the hooks that it has and no others: the linker keeps the metadata
//! of the worlds that were exported, and wit-component joins them.

// Generated code: documented in the WIT files, and calling the canonical ABI.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "host:handler/imports",
    generate_all,
});

/// Makes the module of one hook's world over the interfaces made above.
macro_rules! hook_world {
    ($(#[$doc:meta])* $module:ident, $world:tt, $path:tt) => {
        $(#[$doc])*
        pub mod $module {
            wit_bindgen::generate!({
                path: "../../wit",
                world: $world,
                with: {
                    "host:handler/types@0.1.0": crate::bindings::host::handler::types,
                    "host:handler/frames@0.1.0": crate::bindings::host::handler::frames,
                    "host:handler/request@0.1.0": crate::bindings::host::handler::request,
                    "host:handler/response@0.1.0": crate::bindings::host::handler::response,
                    "host:handler/writer@0.1.0": crate::bindings::host::handler::writer,
                    "host:handler/log@0.1.0": crate::bindings::host::handler::log,
                    "host:handler/config@0.1.0": crate::bindings::host::handler::config,
                    "host:handler/files@0.1.0": crate::bindings::host::handler::files,
                    "host:handler/clock@0.1.0": crate::bindings::host::handler::clock,
                    "host:handler/random@0.1.0": crate::bindings::host::handler::random,
                    "host:handler/stash@0.1.0": crate::bindings::host::handler::stash,
                },
                pub_export_macro: true,
                default_bindings_module: $path,
            });
        }
    };
}

hook_world!(
    /// The world with `main`.
    main_handler,
    "host:handler/main-handler",
    "host_guest::bindings::main_handler"
);
hook_world!(
    /// The world with `handle-headers`.
    headers_handler,
    "host:handler/headers-handler",
    "host_guest::bindings::headers_handler"
);
hook_world!(
    /// The world with `handle-data`.
    data_handler,
    "host:handler/data-handler",
    "host_guest::bindings::data_handler"
);
hook_world!(
    /// The world with `handle-trailers`.
    trailers_handler,
    "host:handler/trailers-handler",
    "host_guest::bindings::trailers_handler"
);
hook_world!(
    /// The world with `handle-reset`.
    reset_handler,
    "host:handler/reset-handler",
    "host_guest::bindings::reset_handler"
);
hook_world!(
    /// The world with `handle-frame`.
    frame_handler,
    "host:handler/frame-handler",
    "host_guest::bindings::frame_handler"
);
hook_world!(
    /// The world with `handle-close`.
    close_handler,
    "host:handler/close-handler",
    "host_guest::bindings::close_handler"
);
hook_world!(
    /// The world with `handle-pipe`.
    pipe_handler,
    "host:handler/pipe-handler",
    "host_guest::bindings::pipe_handler"
);
