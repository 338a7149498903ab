//! Does to its response what the query says, as `?op=set~X~1&op=content~TEST`:
//! tests/python/response_twin.py does the same on wptserve.

use std::time::Duration;

use host_guest::{Answer, IntoResponse, SameSite, prelude::*};

#[main]
fn main(request: &Request, response: &mut Response) -> Result<Option<Answer>> {
    let mut said = String::new();
    for op in request.query().get_list("op") {
        let op = op.to_string();
        let words: Vec<&str> = op.split('~').collect();
        if let Some(answer) = does(&words, response, &mut said)? {
            return Ok(Some(answer));
        }
    }
    if !said.is_empty() {
        response.set_content(said);
    }
    Ok(None)
}

/// Does one operation. An answer is what `main` returns.
fn does(words: &[&str], response: &mut Response, said: &mut String) -> Result<Option<Answer>> {
    match *words {
        ["status", code] => response.set_status(number(code)?),
        ["status", code, reason] => response.set_status((number(code)?, reason)),
        ["set", name, value] => response.headers().set(name, value),
        ["append", name, value] => response.headers().append(name, value),
        ["update", a, b, c, d] => response.headers().update([(a, b), (c, d)]),
        ["replace", name, value] => response.headers().replace([(name, value)]),
        ["del", name] => drop(response.headers().remove(name)),
        ["get", name] => said.push_str(&format!("{:?}\n", response.headers().get(name))),
        ["in", name] => {
            let found = !response.headers().get(name).is_empty();
            said.push_str(if found { "True\n" } else { "False\n" });
        }
        ["items"] => {
            for (name, value) in response.headers().all() {
                said.push_str(&format!("{name}: {value}\n"));
            }
        }
        ["cookie", name, value, ..] => response.set_cookie(cookie(name, value, &words[3..])?),
        ["unset", name] => response.unset_cookie(name),
        ["delete", name] => response.delete_cookie(name, Some("/"), None),
        ["delete", name, path, domain] => {
            response.delete_cookie(name, Some(path), Some(domain));
        }
        ["content", text] => response.set_content(text),
        ["error", code, message] => response.set_error(number(code)?, message),
        ["raise", code, message] => return Err(Error::status(number(code)?, message)),
        ["fail"] => return Err("x".parse::<u8>().expect_err("no number").into()),
        ["bare"] => response.set_add_required_headers(false),
        ["close"] => response.set_close_connection(true),
        ["head-body"] => response.set_send_body_for_head(true),
        ["pieces", ..] => {
            let pieces = words[1..].iter().map(ToString::to_string);
            let pieces: Vec<String> = pieces.collect();
            return Ok(Some(Pieces(pieces).into_response()?));
        }
        ["return", text] => return Ok(Some(text.to_owned().into_response()?)),
        ["return2", name, value, text] => {
            return Ok(Some(([(name, value)], text.to_owned()).into_response()?));
        }
        ["return3", code, name, value, text] => {
            let answer = (number(code)?, [(name, value)], text.to_owned());
            return Ok(Some(answer.into_response()?));
        }
        ["return3", code, reason, name, value, text] => {
            let answer = ((number(code)?, reason), [(name, value)], text.to_owned());
            return Ok(Some(answer.into_response()?));
        }
        ["write-head"] => response.write_status_headers()?,
        ["write"] => response.write()?,
        _ => return Err(Error::new(format!("no operation {words:?}"))),
    }
    Ok(None)
}

fn cookie(name: &str, value: &str, more: &[&str]) -> Result<Cookie> {
    // wptserve's default.
    let mut cookie = Cookie::new(name, value).path("/");
    for word in more {
        cookie = match word.split_once('=') {
            Some(("path", path)) => cookie.path(path),
            Some(("domain", domain)) => cookie.domain(domain),
            Some(("max_age", seconds)) => {
                cookie.max_age(Duration::from_secs(number(seconds)?.into()))
            }
            Some(("samesite", "Strict")) => cookie.same_site(SameSite::Strict),
            Some(("samesite", "Lax")) => cookie.same_site(SameSite::Lax),
            Some(("samesite", "None")) => cookie.same_site(SameSite::None),
            Some(("secure", _)) => cookie.secure(),
            Some(("httponly", _)) => cookie.http_only(),
            _ => return Err(Error::new(format!("no attribute {word}"))),
        };
    }
    Ok(cookie)
}

fn number(text: &str) -> Result<u16> {
    Ok(text.parse()?)
}
