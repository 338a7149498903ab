//! That the contract says what is so.

use std::collections::BTreeSet;

use host_mock::{Answer, Condition, ConnectionFault, Fault, Mock, Request, Response, Step};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::OPENAPI;
use crate::mocks::Several;
use crate::routes::ROUTES;
use crate::servers::Wanted;

fn contract() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

/// What a reference stands for.
fn resolved<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(place) => contract.pointer(place.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

/// Each operation, with its path and method.
fn operations(contract: &Value) -> Vec<(&str, &str, &Value)> {
    let methods = ["get", "put", "post", "delete"];
    let paths = contract["paths"].as_object().unwrap().iter();
    let of = paths.flat_map(|(path, item)| {
        let item = item.as_object().unwrap().iter();
        item.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    of.filter(|(_, method, _)| methods.contains(method))
        .collect()
}

#[test]
fn the_contract_and_the_table_name_the_same() {
    let contract = contract();
    let operations = operations(&contract);
    let said: BTreeSet<_> = operations
        .iter()
        .map(|(path, method, _)| format!("{} {path}", method.to_uppercase()))
        .collect();
    let there: BTreeSet<_> = ROUTES
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(said, there);
    assert_eq!(
        ROUTES.len(),
        there.len(),
        "a line of the table is there twice"
    );

    for route in ROUTES {
        let item = &contract["paths"][route.path];
        let operation = &item[route.method.to_lowercase()];
        let parameters = [item, operation]
            .into_iter()
            .flat_map(|of| of["parameters"].as_array());
        let parameters: Vec<_> = parameters
            .flatten()
            .map(|of| resolved(&contract, of))
            .collect();
        let named = |place: &str| -> Vec<&str> {
            let there = parameters.iter().filter(|of| of["in"] == place);
            there.map(|of| of["name"].as_str().unwrap()).collect()
        };
        assert_eq!(named("query"), route.parameters, "{}", route.path);
        let names: Vec<_> = route.path.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(named("path"), names, "{}", route.path);
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(contract: &Value, value: &Value) {
        resolved(contract, value);
        match value {
            Value::Object(map) => map.values().for_each(|value| walk(contract, value)),
            Value::Array(items) => items.iter().for_each(|value| walk(contract, value)),
            _ => {}
        }
    }
    let contract = contract();
    walk(&contract, &contract);
}

/// Reads an example as the operation does.
fn read(operation: &str, example: Value) -> Result<(), String> {
    fn read_as<T: DeserializeOwned>(value: Value) -> Result<(), String> {
        let read = serde_json::from_value::<T>(value);
        read.map(drop).map_err(|error| error.to_string())
    }
    match operation {
        "create_server" => read_as::<Wanted>(example),
        "add_mocks" if example.is_array() => read_as::<Several>(example),
        "add_mocks" => read_as::<Mock>(example),
        "set_unmatched" | "answer_call" => read_as::<Answer>(example),
        "fail_connections" => {
            let example = serde_json::from_value(example).map_err(|error| error.to_string())?;
            crate::faults::read(example)
                .map(drop)
                .map_err(|problem| format!("{problem:?}"))
        }
        // Any bytes.
        "put_handler" => Ok(()),
        other => Err(format!("what reads the body of {other}?")),
    }
}

#[test]
fn every_example_is_accepted() {
    let contract = contract();
    for (path, method, operation) in operations(&contract) {
        let Some(content) = operation["requestBody"]["content"].as_object() else {
            continue;
        };
        let id = operation["operationId"].as_str().unwrap();
        let examples = content
            .values()
            .filter_map(|media| media["examples"].as_object());
        let mut examples = examples.flatten().peekable();
        assert!(
            id == "put_handler" || examples.peek().is_some(),
            "no example: {method} {path}"
        );
        for (name, example) in examples {
            let accepted = read(id, example["value"].clone());
            assert_eq!(accepted, Ok(()), "{method} {path}: {name}");
        }
    }
    let examples = |schema: &str| contract["components"]["schemas"][schema]["examples"].clone();
    let all: Vec<Step> = serde_json::from_value(examples("Step")).unwrap();
    assert_eq!(all.len(), kinds(&contract, "Step", "op").len());
    let _: Vec<Fault> = serde_json::from_value(examples("Fault")).unwrap();
    let _: Vec<Request> = serde_json::from_value(examples("Request")).unwrap();
}

/// The values that tell the forms of a schema apart.
fn kinds(contract: &Value, schema: &str, key: &str) -> BTreeSet<String> {
    let forms = contract["components"]["schemas"][schema]["oneOf"]
        .as_array()
        .unwrap();
    let kinds = forms
        .iter()
        .map(|form| form["properties"][key]["const"].as_str().unwrap());
    kinds.map(str::to_owned).collect()
}

/// The names that a value of this kind may have, as serde tells them when it refuses
/// another.
fn known<T: DeserializeOwned>(value: Value) -> BTreeSet<String> {
    let refused = serde_json::from_value::<T>(value)
        .err()
        .expect("an unknown name");
    let text = refused.to_string();
    let (_, names) = text
        .split_once(", expected ")
        .unwrap_or_else(|| panic!("{text}"));
    names
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_kind_and_key_is_in_the_contract() {
    let contract = contract();
    let properties = |schema: &str| -> BTreeSet<String> {
        let schema = &contract["components"]["schemas"][schema];
        let properties = schema["properties"].as_object().expect("properties");
        properties.keys().cloned().collect()
    };
    let unknown = || json!({"?": 1});
    assert_eq!(properties("NewServer"), known::<Wanted>(unknown()));
    assert_eq!(properties("Mock"), known::<Mock>(unknown()));
    assert_eq!(properties("Answer"), known::<Answer>(unknown()));
    assert_eq!(properties("Response"), known::<Response>(unknown()));
    assert_eq!(properties("Condition"), known::<Condition>(unknown()));
    assert_eq!(
        kinds(&contract, "Step", "op"),
        known::<Step>(json!({"op": "?"}))
    );
    assert_eq!(
        kinds(&contract, "Fault", "kind"),
        known::<Fault>(json!({"kind": "?"}))
    );
    assert_eq!(
        kinds(&contract, "ConnectionFault", "kind"),
        known::<ConnectionFault>(json!({"kind": "?"}))
    );
}

#[test]
fn a_request_has_the_keys_of_the_contract() {
    let contract = contract();
    let schema = &contract["components"]["schemas"]["Request"];
    let request: Request = serde_json::from_value(schema["examples"][0].clone()).unwrap();
    let told = serde_json::to_value(crate::requests::Told::from(std::sync::Arc::new(request)));
    let told: Map<String, Value> = serde_json::from_value(told.unwrap()).unwrap();
    // The example is what is told, too.
    assert_eq!(Value::Object(told.clone()), schema["examples"][0]);
    let keys: BTreeSet<_> = told.keys().collect();
    let said: BTreeSet<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(keys, said);
    assert_eq!(schema["required"].as_array().unwrap().len(), said.len());
}
