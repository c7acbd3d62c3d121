//! Servers for tests, on this machine: one that answers HTTP as a test says, one that takes mail.

#![allow(dead_code, clippy::unwrap_used, reason = "each test uses its own part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    /// Returns a header; names are lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the method and the path, as in `GET /a?b=1`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// A server that lives as long as the test.
pub struct Server {
    pub address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers each request by what `answer` returns: a status and a body.
    pub fn http(answer: impl Fn(&Seen) -> (u16, String) + Send + 'static) -> Self {
        Self::start(move |stream, seen| {
            let Some(request) = read_request(&stream) else {
                return;
            };
            let (status, body) = answer(&request);
            seen.lock().unwrap().push(request);
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n\
                 content-length: {length}\r\nconnection: close\r\n\r\n"
            );
            let _ = (&stream).write_all(format!("{head}{body}").as_bytes());
        })
    }

    /// Takes every mail; what was sent is the body of a request.
    pub fn smtp() -> Self {
        Self::start(|stream, seen| {
            let mut out = &stream;
            let mut lines = BufReader::new(&stream).lines();
            let _ = out.write_all(b"220 test\r\n");
            while let Some(Ok(line)) = lines.next() {
                let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                    "DATA" => {
                        let _ = out.write_all(b"354 go on\r\n");
                        let mut body = String::new();
                        for line in lines.by_ref().map_while(Result::ok) {
                            if line == "." {
                                break;
                            }
                            body.push_str(&line);
                            body.push('\n');
                        }
                        seen.lock().unwrap().push(Seen {
                            method: "MAIL".to_owned(),
                            path: String::new(),
                            headers: Vec::new(),
                            body,
                        });
                        b"250 taken\r\n"
                    }
                    "QUIT" => b"221 bye\r\n",
                    _ => b"250 ok\r\n",
                };
                let _ = out.write_all(answer);
            }
        })
    }

    /// Returns the address for HTTP.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns what came in so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn start(serve: impl Fn(TcpStream, &Mutex<Vec<Seen>>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, &log);
            }
        });
        Self { address, seen }
    }
}

fn read_request(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    Some(Seen {
        method,
        path,
        headers,
        body,
    })
}
