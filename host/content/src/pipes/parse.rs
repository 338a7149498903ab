//! The grammar of a pipe string: wptserve's state machine, and nothing more.
//!
//! A name goes up to `(`, `|` or the end; `|` without a name before it is
//! nothing. Arguments are separated by `,` and ended by `)` or the end of the
//! string, whatever else they hold; `\` takes the next character as it is, but
//! for `\n`, `\r` and `\t`. Behind `)` the next name may follow at once.

use std::str::CharIndices;

use super::arguments::{Argument, Call};
use super::error::{Mistake, Wrong};

/// Pipes that a string may have: each may hold the content and work on it, at the
/// client's word. Tests use four at most.
const MAX_PIPES: usize = 16;

/// The calls of a string, in order.
///
/// # Errors
/// A `\` with nothing behind it, a `(` with no name before it, too many pipes.
pub(crate) fn parse(pipes: &str) -> Result<Vec<Call>, Wrong> {
    let mut calls = Vec::new();
    let mut chars = pipes.char_indices();
    while let Some((mut call, has_arguments)) = name(&mut chars) {
        if calls.len() == MAX_PIPES {
            return Err(Wrong::new(call.at, Mistake::TooMany(MAX_PIPES)));
        }
        if call.name.is_empty() {
            return Err(Wrong::new(call.at, Mistake::NoName));
        }
        if has_arguments {
            loop {
                let (argument, is_last) = argument(&mut chars)?;
                call.arguments.push(argument);
                if is_last {
                    break;
                }
            }
        }
        calls.push(call);
    }
    Ok(calls)
}

/// The next name, and whether `(` is behind it.
fn name(chars: &mut CharIndices<'_>) -> Option<(Call, bool)> {
    let mut call = Call::at(chars.offset());
    for (at, c) in chars.by_ref() {
        match c {
            '(' => return Some((call, true)),
            '|' if call.name.is_empty() => call.at = at + 1,
            '|' => return Some((call, false)),
            c => call.name.push(c),
        }
    }
    (!call.name.is_empty()).then_some((call, false))
}

/// The next argument, and whether it is the call's last.
fn argument(chars: &mut CharIndices<'_>) -> Result<(Argument, bool), Wrong> {
    let mut argument = Argument::at(chars.offset());
    while let Some((at, c)) = chars.next() {
        match c {
            ',' => return Ok((argument, false)),
            ')' => return Ok((argument, true)),
            '\\' => match chars.next() {
                Some((_, c)) => argument.push_escaped(match c {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    c => c,
                }),
                None => return Err(Wrong::new(at, Mistake::NothingEscaped)),
            },
            c => argument.push(c),
        }
    }
    Ok((argument, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names with their arguments, as `name(a)(b)`.
    fn shown(pipes: &str) -> Vec<String> {
        parse(pipes)
            .unwrap()
            .iter()
            .map(|call| {
                let arguments = call.arguments.iter().map(|a| format!("({})", a.text()));
                format!("{}{}", call.name, arguments.collect::<String>())
            })
            .collect()
    }

    #[test]
    fn pipes_are_separated_by_bars_or_by_nothing() {
        assert_eq!(shown("gzip"), ["gzip"]);
        assert_eq!(shown("status(404)|gzip"), ["status(404)", "gzip"]);
        assert_eq!(
            shown("status(404)header(X,b)"),
            ["status(404)", "header(X)(b)"]
        );
        assert_eq!(shown("||gzip||sub|"), ["gzip", "sub"]);
        assert_eq!(shown("status(1)gzip|sub"), ["status(1)", "gzip", "sub"]);
        assert!(shown("").is_empty());
        assert!(shown("|").is_empty());
    }

    #[test]
    fn arguments_hold_all_but_comma_and_parenthesis() {
        assert_eq!(shown("f()"), ["f()"]);
        assert_eq!(shown("f(,)"), ["f()()"]);
        assert_eq!(shown("f( a|b(c ,d"), ["f( a|b(c )(d)"]);
        assert_eq!(shown("f("), ["f()"]);
        assert_eq!(shown("f(a)) b(c)"), ["f(a)", ") b(c)"]);
    }

    #[test]
    fn a_backslash_escapes_one_character() {
        assert_eq!(shown(r"f(a\,b\)\\\x)"), [r"f(a,b)\x)"]);
        assert_eq!(shown(r"f(\n\r\t)"), ["f(\n\r\t)"]);
        assert_eq!(shown(r"a\(b)"), [r"a\(b)"]);
    }

    #[test]
    fn places_are_bytes_of_the_string() {
        let calls = parse(r"|é|f(a\,\né!,b)g").unwrap();
        assert_eq!(calls.iter().map(|c| c.at).collect::<Vec<_>>(), [1, 4, 17]);
        let [first, second] = &calls[1].arguments[..] else {
            panic!("two arguments");
        };
        // a , \n é !
        let places: Vec<_> = [0, 1, 2, 3, 5].map(|n| first.place(n)).into();
        assert_eq!(places, [6, 7, 9, 11, 13]);
        assert_eq!(second.place(0), 15);
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let wrong = |pipes: &str| {
            let wrong = parse(pipes).unwrap_err();
            (wrong.at, wrong.mistake)
        };
        assert_eq!(wrong(r"f(a\"), (3, Mistake::NothingEscaped));
        assert_eq!(wrong("gzip|(1)"), (5, Mistake::NoName));
        assert_eq!(wrong("(1)"), (0, Mistake::NoName));
        assert_eq!(wrong(&"f|".repeat(17)), (32, Mistake::TooMany(16)));
        assert_eq!(shown(&"f|".repeat(16)).len(), 16);
    }
}
