//! Types of the component model in words, for messages.

use std::fmt::Write as _;

use wasmtime::component::Type;
use wasmtime::component::types::ComponentFunc;

/// Types nest; what is deeper than this is cut.
const DEPTH: usize = 6;

/// A function's type as WIT writes it.
pub(crate) fn function(function: &ComponentFunc) -> String {
    let mut text = String::from("func(");
    for (i, (name, kind)) in function.params().enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        let _ = write!(text, "{comma}{name}: {}", of(&kind, 0));
    }
    text.push(')');
    for result in function.results() {
        let _ = write!(text, " -> {}", of(&result, 0));
    }
    text
}

fn of(kind: &Type, depth: usize) -> String {
    if depth == DEPTH {
        return "…".into();
    }
    let inner = |kind: &Type| of(kind, depth + 1);
    let list = |kinds: Vec<String>| kinds.join(", ");
    match kind {
        Type::Bool => "bool".into(),
        Type::S8 => "s8".into(),
        Type::U8 => "u8".into(),
        Type::S16 => "s16".into(),
        Type::U16 => "u16".into(),
        Type::S32 => "s32".into(),
        Type::U32 => "u32".into(),
        Type::S64 => "s64".into(),
        Type::U64 => "u64".into(),
        Type::Float32 => "f32".into(),
        Type::Float64 => "f64".into(),
        Type::Char => "char".into(),
        Type::String => "string".into(),
        Type::List(items) => format!("list<{}>", inner(&items.ty())),
        Type::Option(some) => format!("option<{}>", inner(&some.ty())),
        Type::Tuple(tuple) => {
            format!(
                "tuple<{}>",
                list(tuple.types().map(|t| inner(&t)).collect())
            )
        }
        Type::Record(record) => {
            let fields = record
                .fields()
                .map(|field| format!("{}: {}", field.name, inner(&field.ty)));
            format!("record {{ {} }}", list(fields.collect()))
        }
        Type::Variant(variant) => {
            let cases = variant.cases().map(|case| match &case.ty {
                Some(kind) => format!("{}({})", case.name, inner(kind)),
                None => case.name.to_owned(),
            });
            format!("variant {{ {} }}", list(cases.collect()))
        }
        Type::Enum(names) => {
            format!(
                "enum {{ {} }}",
                list(names.names().map(str::to_owned).collect())
            )
        }
        Type::Flags(names) => {
            format!(
                "flags {{ {} }}",
                list(names.names().map(str::to_owned).collect())
            )
        }
        Type::Result(result) => match (result.ok(), result.err()) {
            (None, None) => "result".into(),
            (Some(ok), None) => format!("result<{}>", inner(&ok)),
            (ok, Some(err)) => format!(
                "result<{}, {}>",
                ok.map_or("_".into(), |ok| inner(&ok)),
                inner(&err)
            ),
        },
        Type::Own(_) => "own resource".into(),
        Type::Borrow(_) => "borrowed resource".into(),
        _ => "another type".into(),
    }
}
