//! The contract in TypeScript, as componentize-js gives it to a handler: what the
//! JavaScript SDK's types refer to. Made from `wit/`, kept beside the SDK for editors,
//! and compared by `cargo xtask check`.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Result, bail, ensure};
use wit_parser::{
    Docs, Function, FunctionKind, Handle, Interface, Resolve, Type, TypeDefKind, TypeId, TypeOwner,
};

use crate::paths;

/// Where it is: a file for each interface, and one that refers to all of them.
const FOLDER: &str = "guest-sdk/js/contract";
const INDEX: &str = "index.d.ts";

const HEAD: &str = "\
// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

";

/// Compares what is there with the contract, or writes it.
pub(crate) fn run(resolve: &Resolve, interfaces: &[&Interface], write: bool) -> Result<()> {
    let mut index = HEAD.to_owned();
    let mut files = Vec::new();
    for interface in interfaces {
        let name = interface.name.as_deref().unwrap_or_default();
        let file = format!("{name}.d.ts");
        writeln!(index, "/// <reference path=\"./{file}\" />")?;
        let mut text = HEAD.to_owned();
        module(resolve, interface, &mut text)?;
        files.push((file, text));
    }
    files.push((INDEX.to_owned(), index));
    let folder = paths::root().join(FOLDER);
    for (file, text) in files {
        let path = folder.join(&file);
        if write {
            fs::create_dir_all(&folder)?;
            fs::write(path, text)?;
            continue;
        }
        ensure!(
            fs::read_to_string(path).is_ok_and(|old| old == text),
            "{FOLDER}/{file} is not what wit/ says: run `cargo xtask wit --write`"
        );
    }
    Ok(())
}

fn module(resolve: &Resolve, interface: &Interface, text: &mut String) -> Result<()> {
    let Some(name) = module_name(resolve, interface) else {
        bail!("an interface without a name");
    };
    comment(&interface.docs, "", text);
    writeln!(text, "declare module \"{name}\" {{")?;
    for (name, id) in &interface.types {
        define(resolve, interface, name, *id, text)?;
    }
    for function in interface.functions.values() {
        if matches!(function.kind, FunctionKind::Freestanding) {
            comment(&function.docs, "  ", text);
            let signature = signature(resolve, function, 0)?;
            let name = camel(&function.name);
            writeln!(text, "  export function {name}{signature};")?;
        }
    }
    text.push_str("}\n");
    Ok(())
}

fn define(
    resolve: &Resolve,
    interface: &Interface,
    name: &str,
    id: TypeId,
    text: &mut String,
) -> Result<()> {
    let definition = &resolve.types[id];
    comment(&definition.docs, "  ", text);
    let name = pascal(name);
    match &definition.kind {
        TypeDefKind::Record(record) => {
            writeln!(text, "  export interface {name} {{")?;
            for field in &record.fields {
                comment(&field.docs, "    ", text);
                let (mark, ty) = match optional(resolve, field.ty) {
                    Some(inner) => ("?", inner),
                    None => ("", field.ty),
                };
                let ty = show(resolve, ty)?;
                writeln!(text, "    {}{mark}: {ty};", camel(&field.name))?;
            }
            writeln!(text, "  }}")?;
        }
        TypeDefKind::Resource => {
            writeln!(text, "  export class {name} {{\n    private constructor();")?;
            for function in interface.functions.values() {
                if matches!(function.kind, FunctionKind::Method(of) if of == id) {
                    comment(&function.docs, "    ", text);
                    let method = camel(function.item_name());
                    // The first parameter is the resource itself.
                    let signature = signature(resolve, function, 1)?;
                    writeln!(text, "    {method}{signature};")?;
                }
            }
            writeln!(text, "  }}")?;
        }
        TypeDefKind::Variant(variant) => {
            writeln!(text, "  export type {name} =")?;
            for case in &variant.cases {
                comment(&case.docs, "    ", text);
                let val = match case.ty {
                    Some(ty) => format!("; val: {}", show(resolve, ty)?),
                    None => String::new(),
                };
                writeln!(text, "    | {{ tag: \"{}\"{val} }}", case.name)?;
            }
            // The union ends here.
            text.truncate(text.trim_end().len());
            text.push_str(";\n");
        }
        TypeDefKind::Enum(cases) => {
            let cases = cases.cases.iter().map(|case| format!("\"{}\"", case.name));
            let cases: Vec<String> = cases.collect();
            writeln!(text, "  export type {name} = {};", cases.join(" | "))?;
        }
        kind => {
            let shown = match kind {
                TypeDefKind::Type(Type::Id(other)) => elsewhere(resolve, *other)?,
                _ => None,
            };
            let shown = match shown {
                Some(shown) => shown,
                None => kind_of(resolve, kind)?,
            };
            writeln!(text, "  export type {name} = {shown};")?;
        }
    }
    Ok(())
}

/// `(name: type, …): type`, without the first `skipped` parameters.
fn signature(resolve: &Resolve, function: &Function, skipped: usize) -> Result<String> {
    let mut parameters = Vec::new();
    for parameter in function.params.iter().skip(skipped) {
        let ty = show(resolve, parameter.ty)?;
        parameters.push(format!("{}: {ty}", camel(&parameter.name)));
    }
    let result = match function.result {
        Some(ty) => show(resolve, ty)?,
        None => "void".to_owned(),
    };
    Ok(format!("({}): {result}", parameters.join(", ")))
}

fn show(resolve: &Resolve, ty: Type) -> Result<String> {
    Ok(match ty {
        Type::Bool => "boolean".to_owned(),
        Type::U64 | Type::S64 => "bigint".to_owned(),
        Type::Char | Type::String => "string".to_owned(),
        Type::ErrorContext => bail!("the contract has an error-context"),
        Type::Id(id) => {
            let definition = &resolve.types[id];
            match &definition.name {
                Some(name) => pascal(name),
                None => kind_of(resolve, &definition.kind)?,
            }
        }
        _ => "number".to_owned(),
    })
}

fn kind_of(resolve: &Resolve, kind: &TypeDefKind) -> Result<String> {
    Ok(match kind {
        TypeDefKind::Type(ty) => show(resolve, *ty)?,
        TypeDefKind::List(Type::U8) => "Uint8Array".to_owned(),
        TypeDefKind::List(ty) => match show(resolve, *ty)? {
            item if item.contains('|') => format!("({item})[]"),
            item => format!("{item}[]"),
        },
        TypeDefKind::Option(ty) => format!("{} | undefined", show(resolve, *ty)?),
        TypeDefKind::Tuple(tuple) => {
            let types = tuple.types.iter().map(|ty| show(resolve, *ty));
            format!("[{}]", types.collect::<Result<Vec<_>>>()?.join(", "))
        }
        // What is not ok is thrown, as an Error whose `payload` it is.
        TypeDefKind::Result(result) => match result.ok {
            Some(ty) => show(resolve, ty)?,
            None => "void".to_owned(),
        },
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => show(resolve, Type::Id(*id))?,
        other => bail!("TypeScript has no rule yet for a {}", other.as_str()),
    })
}

/// What an option holds.
fn optional(resolve: &Resolve, ty: Type) -> Option<Type> {
    let Type::Id(id) = ty else { return None };
    match resolve.types[id].kind {
        TypeDefKind::Option(inner) => Some(inner),
        _ => None,
    }
}

/// A type of another interface, by its name there.
fn elsewhere(resolve: &Resolve, id: TypeId) -> Result<Option<String>> {
    let definition = &resolve.types[id];
    let (TypeOwner::Interface(owner), Some(name)) = (definition.owner, &definition.name) else {
        return Ok(None);
    };
    let Some(module) = module_name(resolve, &resolve.interfaces[owner]) else {
        bail!("{name} is in an interface without a name");
    };
    Ok(Some(format!("import(\"{module}\").{}", pascal(name))))
}

/// `host:handler/request@0.1.0`.
fn module_name(resolve: &Resolve, interface: &Interface) -> Option<String> {
    let package = &resolve.packages[interface.package?];
    Some(package.name.interface_id(interface.name.as_ref()?))
}

fn comment(docs: &Docs, indent: &str, text: &mut String) {
    let Some(docs) = docs.contents.as_deref() else {
        return;
    };
    let lines: Vec<&str> = docs.trim().lines().collect();
    if let [line] = lines[..] {
        text.push_str(&format!("{indent}/** {line} */\n"));
        return;
    }
    text.push_str(&format!("{indent}/**\n"));
    for line in lines {
        text.push_str(format!("{indent} * {line}").trim_end());
        text.push('\n');
    }
    text.push_str(&format!("{indent} */\n"));
}

/// `read-body` as `ReadBody`.
fn pascal(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

/// `read-body` as `readBody`.
fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut letters = pascal.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
