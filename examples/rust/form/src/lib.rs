//! `/form`: a form with a file on GET, what came of it on POST.
//!
//! `request.form()` reads `application/x-www-form-urlencoded` and
//! `multipart/form-data` alike: a list of named parts, of which those with a
//! file name are files. The whole body is held in memory for it; what is larger
//! than the handler may hold is refused with 413 by the `?`.

use host_guest::prelude::*;

const PAGE: &str = r#"<!doctype html>
<meta charset="utf-8">
<title>A form</title>
<form method="post" enctype="multipart/form-data">
  <p><label>Name <input name="name" value="Ada"></label>
  <p><label>File <input name="file" type="file" multiple></label>
  <p><button>Send</button>
</form>
"#;

#[main]
fn main(request: &Request, response: &mut Response) -> Result<Option<String>> {
    // Set on the response, it stays whatever the function returns.
    response
        .headers()
        .set("Content-Type", "text/html; charset=utf-8");
    match request.method().as_str() {
        "GET" | "HEAD" => Ok(Some(PAGE.to_owned())),
        "POST" => received(request).map(Some),
        _ => {
            response.set_error(405, "this is a form: GET or POST");
            response.headers().set("Allow", "GET, HEAD, POST");
            Ok(None) // The response as it was set.
        }
    }
}

fn received(request: &Request) -> Result<String> {
    let mut page = String::from("<!doctype html>\n<meta charset=\"utf-8\">\n<dl>\n");
    for (name, part) in request.form()?.iter() {
        let what = match &part.filename {
            Some(file) => format!("file {file}, {} bytes", part.value.len()),
            None => part.value.to_string(),
        };
        page += &format!("<dt>{}<dd>{}\n", escape(&name.to_string()), escape(&what));
    }
    Ok(page + "</dl>\n")
}

/// Text from a client never goes into a page as it is.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

// What needs no host is tested like any other code, by `cargo test`.
#[cfg(test)]
mod tests {
    #[test]
    fn no_markup_gets_through() {
        assert_eq!(
            super::escape("<a href=\"x\">&"),
            "&lt;a href=&quot;x&quot;&gt;&amp;"
        );
    }
}
