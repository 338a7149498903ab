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
    /// The arguments that it is called with, in order. A function may leave
    /// out the last ones.
    arguments: &'static [&'static str],
}

/// Makes a function the handler's `main`, which answers the request:
/// `fn(&Request, &mut Response) -> impl IntoResponse`. Arguments at the end
/// may be left out.
#[proc_macro_attribute]
pub fn main(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let hook = Hook {
        name: "main",
        module: "main_handler",
        arguments: &["request", "response"],
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
        arguments: &["frame", "request", "response"],
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
        arguments: &["frame", "request", "response"],
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
    let most = hook.arguments.len();
    let count = signature.inputs.len();
    if count > most {
        let why = format!("#[{name}] is given {}", hook.arguments.join(", "));
        return refuse(signature.inputs.span(), why);
    }

    let module = format_ident!("{}", hook.module);
    let run = format_ident!("{name}");
    let hook_type = format_ident!("__HostGuest_{name}");
    let user = &signature.ident;
    let names: Vec<Ident> = hook
        .arguments
        .iter()
        .map(|a| format_ident!("{a}"))
        .collect();
    // An argument of the wrong type is then reported where the user wrote it.
    let passed = signature.inputs.iter().zip(&names).map(|(input, name)| {
        let name = Ident::new(&name.to_string(), name.span().located_at(input.span()));
        quote_spanned!(input.span()=> #name)
    });
    let (returned, frame) = match hook.name {
        "handle_headers" => ("hook_result", quote!(frame: ::host_guest::HeadersFrame,)),
        "handle_data" => ("hook_result", quote!(frame: ::host_guest::DataFrame,)),
        _ => ("answer", quote!()),
    };
    let returned = format_ident!("{returned}");
    let frame_argument = (most == 3).then(|| quote!(frame,));
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
                #frame
                request: &::host_guest::raw::Request,
                response: &::host_guest::raw::Response,
            ) -> ::core::result::Result<(), ::host_guest::raw::HandlerError> {
                ::host_guest::rt::#run(#frame_argument request, response, |#(#names),*| #call)
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
