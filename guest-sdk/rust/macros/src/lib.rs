//! The attributes that make a function a hook of a handler. They are
//! re-exported by `host-guest`, where they are documented with the rest.

use proc_macro::TokenStream;
use proc_macro2::{Ident, Span};
use quote::{format_ident, quote, quote_spanned};
use syn::{ItemFn, parse_macro_input, spanned::Spanned};

/// What is to know of one hook in order to export a function as it.
struct Hook {
    /// The attribute, which is the name of `host_guest::rt`'s function too.
    name: &'static str,
    /// The trait that wit-bindgen made, below `host_guest::bindings`.
    module: &'static str,
    /// What it is given before the request and the response: the argument's
    /// name, and its type as in `host_guest`.
    first: Option<(&'static str, &'static str)>,
}

/// Makes a function the handler's `main`, which answers the request:
/// `fn(&Request, &mut Response) -> impl IntoResponse`. Arguments at the end
/// may be left out.
#[proc_macro_attribute]
pub fn main(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "main",
        module: "main_handler",
        first: None,
    };
    export(&hook, attribute, item)
}

/// Makes a function the handler's `handle-headers`, which runs when the
/// request's HEADERS have arrived:
/// `fn(&HeadersFrame, &Request, &mut Response) -> Result` (or without a
/// return value). Arguments at the end may be left out.
#[proc_macro_attribute]
pub fn handle_headers(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "handle_headers",
        module: "headers_handler",
        first: Some(("frame", "HeadersFrame")),
    };
    export(&hook, attribute, item)
}

/// Makes a function the handler's `handle-data`, which runs for each DATA
/// frame in order, empty ones too:
/// `fn(&DataFrame, &Request, &mut Response) -> Result` (or without a return
/// value). Arguments at the end may be left out.
#[proc_macro_attribute]
pub fn handle_data(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "handle_data",
        module: "data_handler",
        first: Some(("frame", "DataFrame")),
    };
    export(&hook, attribute, item)
}

/// Makes a function the handler's `handle-trailers`, which runs when the
/// request's trailer fields have arrived, before `main`:
/// `fn(&HeadersFrame, &Request, &mut Response) -> Result` (or without a return
/// value). Arguments at the end may be left out.
#[proc_macro_attribute]
pub fn handle_trailers(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "handle_trailers",
        module: "trailers_handler",
        first: Some(("frame", "HeadersFrame")),
    };
    export(&hook, attribute, item)
}

/// Makes a function the handler's `handle-reset`, which runs when the client
/// has reset the stream, with its error code:
/// `fn(u32, &Request, &mut Response) -> Result` (or without a return value).
/// Arguments at the end may be left out. A handler without this hook is ended
/// by a reset.
#[proc_macro_attribute]
pub fn handle_reset(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "handle_reset",
        module: "reset_handler",
        first: Some(("code", "u32")),
    };
    export(&hook, attribute, item)
}

/// Makes a function the handler's `handle-frame`, which runs for each SETTINGS,
/// PING, WINDOW_UPDATE, PRIORITY and unknown frame that comes on the connection
/// or this stream: `fn(&ControlFrame, &Request, &mut Response) -> Result` (or
/// without a return value). Arguments at the end may be left out. Behind the
/// other hooks it runs for as long as `Response::set_watch` says.
#[proc_macro_attribute]
pub fn handle_frame(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "handle_frame",
        module: "frame_handler",
        first: Some(("frame", "ControlFrame")),
    };
    export(&hook, attribute, item)
}

/// Makes a function the handler's `handle-close`, which runs when the client
/// leaves, for GOAWAY and for the end of the connection:
/// `fn(&Closing, &Request, &mut Response) -> Result` (or without a return
/// value). Arguments at the end may be left out. A handler without this hook
/// is ended by the latter.
#[proc_macro_attribute]
pub fn handle_close(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "handle_close",
        module: "close_handler",
        first: Some(("closing", "Closing")),
    };
    export(&hook, attribute, item)
}

/// Makes a function the handler's `handle-pipe`, which works on answers that go
/// through a pipe of the query's which host does not have:
/// `fn(&Pipe, &Request, &mut Response) -> Result<bool>` (or `bool`): `false` if
/// there is no such pipe. Arguments at the end may be left out. The response
/// holds the answer; nothing can be written.
#[proc_macro_attribute]
pub fn handle_pipe(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "handle_pipe",
        module: "pipe_handler",
        first: Some(("pipe", "Pipe")),
    };
    export(&hook, attribute, item)
}

fn export(hook: &Hook, attribute: TokenStream, item: TokenStream) -> TokenStream {
    let function = parse_macro_input!(item as ItemFn);
    match expand(hook, attribute.is_empty(), &function) {
        Ok(tokens) => tokens.into(),
        Err(error) => {
            let message = error.to_compile_error();
            quote!(#function #message).into()
        }
    }
}

fn expand(
    hook: &Hook,
    attribute_is_bare: bool,
    function: &ItemFn,
) -> syn::Result<proc_macro2::TokenStream> {
    let signature = &function.sig;
    let refuse = |at: Span, why: String| Err(syn::Error::new(at, why));
    let name = hook.name;
    if !attribute_is_bare {
        return refuse(Span::call_site(), format!("#[{name}] takes no arguments"));
    }
    if let Some(token) = &signature.asyncness {
        let why = format!("#[{name}] cannot be async: what waits blocks only this request");
        return refuse(token.span, why);
    }
    if !signature.generics.params.is_empty() {
        let why = format!("#[{name}] cannot have type parameters");
        return refuse(signature.generics.span(), why);
    }
    let first = hook.first.map(|(argument, _)| argument);
    let arguments: Vec<&str> = first.into_iter().chain(["request", "response"]).collect();
    if signature.inputs.len() > arguments.len() {
        let why = format!("#[{name}] is given {}", arguments.join(", "));
        return refuse(signature.inputs.span(), why);
    }

    let module = format_ident!("{}", hook.module);
    let run = format_ident!("{name}");
    let hook_type = format_ident!("__HostGuest_{name}");
    let user = &signature.ident;
    // Mixed-site: a hook that is named like one of them is not hidden by it.
    let hidden = |argument: &&str| Ident::new(argument, Span::mixed_site());
    let names: Vec<Ident> = arguments.iter().map(hidden).collect();
    // An argument of the wrong type is then reported where the user wrote it.
    let passed = signature.inputs.iter().zip(&names).map(|(input, name)| {
        let name = Ident::new(&name.to_string(), name.span().located_at(input.span()));
        quote_spanned!(input.span()=> #name)
    });
    let is_pipe = matches!(hook.first, Some(("pipe", _)));
    let returned = match hook.first {
        Some(_) if is_pipe => format_ident!("pipe_result"),
        Some(_) => format_ident!("hook_result"),
        None => format_ident!("answer"),
    };
    let returns = match is_pipe {
        true => quote!(::core::primitive::bool),
        false => quote!(()),
    };
    let (parameter, passed_on) = match hook.first {
        Some(_) if is_pipe => (
            quote!(name: ::std::string::String, arguments: ::std::vec::Vec<::std::string::String>,),
            quote!(::host_guest::Pipe { name, arguments },),
        ),
        Some((argument, kind)) => {
            let argument = format_ident!("{argument}");
            let kind = match kind {
                "u32" => quote!(::core::primitive::u32),
                kind => {
                    let kind = format_ident!("{kind}");
                    quote!(::host_guest::#kind)
                }
            };
            (quote!(#argument: #kind,), quote!(#argument,))
        }
        None => (quote!(), quote!()),
    };
    let result_span = match &signature.output {
        syn::ReturnType::Default => user.span(),
        syn::ReturnType::Type(_, kind) => kind.span(),
    };
    // Converted inside the closure: what was returned may borrow from its
    // arguments.
    let call = quote_spanned!(result_span=> ::host_guest::rt::#returned(#user(#(#passed),*)));
    Ok(quote! {
        #function

        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        struct #hook_type;

        #[allow(unused_variables)]
        impl ::host_guest::bindings::#module::Guest for #hook_type {
            fn #run(
                #parameter
                request: &::host_guest::raw::Request,
                response: &::host_guest::raw::Response,
            ) -> ::core::result::Result<#returns, ::host_guest::raw::HandlerError> {
                ::host_guest::rt::#run(#passed_on request, response, |#(#names),*| #call)
            }
        }

        // Only a guest exports it: a program of this machine, such as the
        // handler's own unit tests, has a symbol `main` already. There, the hook
        // counts as used all the same.
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            let _ = <#hook_type as ::host_guest::bindings::#module::Guest>::#run;
        };
        #[cfg(target_family = "wasm")]
        ::host_guest::bindings::#module::export!(
            #hook_type with_types_in ::host_guest::bindings::#module
        );
    })
}
