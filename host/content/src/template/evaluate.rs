//! One expression's value.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Context;
use super::error::Reason;
use super::functions::Hashing;
use super::tokens::{Kind, Token, scan};
use super::value::Value;

/// Gives the expressions of one template their values, in order.
pub(crate) struct Evaluator<'a> {
    context: &'a Context,
    /// By name, with the `$`.
    variables: HashMap<String, Vec<u8>>,
    hashing: Hashing,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self {
            context,
            variables: HashMap::new(),
            hashing: Hashing::default(),
        }
    }

    /// The value of what stands between the braces, not escaped. An error has
    /// its place in the expression.
    pub(crate) fn value(&mut self, expression: &[u8]) -> Result<Cow<'a, [u8]>, (usize, Reason)> {
        let mut tokens = scan(expression)?.into_iter().peekable();
        let variable = match tokens.peek() {
            Some(Token {
                kind: Kind::Assign(_),
                ..
            }) => tokens.next(),
            _ => None,
        };
        let value = match tokens.next() {
            Some(Token {
                at,
                kind: Kind::Name(name),
            }) => self.named(&name).ok_or((at, Reason::UnknownName(name)))?,
            Some(Token { at, .. }) => return Err((at, Reason::NoName)),
            None => {
                let at = variable.map_or(0, |token| match token.kind {
                    Kind::Assign(name) => name.len() + 1,
                    _ => 0,
                });
                return Err((at, Reason::NoName));
            }
        };
        let value = tokens.try_fold(value, |value, Token { at, kind }| {
            match kind {
                Kind::Index(key) => value.index(&key, self.context),
                Kind::Arguments(arguments) => self.call(&value, &arguments),
                Kind::Name(_) | Kind::Assign(_) => Err(Reason::Misplaced),
            }
            .map_err(|reason| (at, reason))
        })?;
        let text = value.into_text(expression).map_err(|reason| (0, reason))?;
        if let Some(Token {
            kind: Kind::Assign(name),
            ..
        }) = variable
        {
            self.variables.insert(name, text.to_vec());
        }
        Ok(text)
    }

    fn named(&self, name: &str) -> Option<Value<'a>> {
        match self.variables.get(name) {
            Some(value) => Some(Value::made(value.clone())),
            None => Value::of(name, self.context),
        }
    }

    fn call(&mut self, value: &Value<'a>, arguments: &[String]) -> Result<Value<'a>, Reason> {
        match value {
            Value::Function(function) => function
                .call(arguments, self.context, &mut self.hashing)
                .map(Value::made),
            other => Err(Reason::NotCallable(other.name().to_owned())),
        }
    }
}
