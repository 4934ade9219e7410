//! A proxy in front of a server that loses the answer of a begin, or keeps the begin itself.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What only the statement of a begin has.
const BEGIN: &[u8] = b"FROM fence LEFT JOIN written";

#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Begins {
    Pass,
    /// The answers of so many are lost.
    LoseAnswers(usize),
    /// So many pass. Then the answers are lost.
    LoseAnswersAfter(usize),
    /// So many pass. Then the connection ends, and they arrive later.
    DelayAfter(usize),
}

/// What becomes of one of them.
enum Fate {
    Pass,
    LoseAnswer,
    Delay,
}

impl Begins {
    fn next(&mut self) -> Fate {
        match self {
            Self::Pass | Self::LoseAnswers(0) => Fate::Pass,
            Self::LoseAnswers(count) => {
                *count -= 1;
                Fate::LoseAnswer
            }
            Self::LoseAnswersAfter(0) => Fate::LoseAnswer,
            Self::DelayAfter(0) => Fate::Delay,
            Self::LoseAnswersAfter(passed) | Self::DelayAfter(passed) => {
                *passed -= 1;
                Fate::Pass
            }
        }
    }
}

#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    begins: Begins,
    delayed: Vec<(TcpStream, Vec<u8>)>,
}

impl Proxy {
    pub(super) fn start(server_port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::new(Mutex::new(State {
                begins: Begins::Pass,
                delayed: Vec::new(),
            })),
        };
        let shared = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = TcpStream::connect(("127.0.0.1", server_port)).unwrap();
                shared.join(client.unwrap(), server);
            }
        });
        proxy
    }

    pub(super) fn set(&self, begins: Begins) {
        self.state.lock().unwrap().begins = begins;
    }

    /// Sends the begins that were delayed. Returns their number.
    pub(super) fn deliver(&self) -> usize {
        let delayed = std::mem::take(&mut self.state.lock().unwrap().delayed);
        let count = delayed.len();
        for (mut server, begin) in delayed {
            server.write_all(&begin).unwrap();
        }
        count
    }

    fn join(&self, client: TcpStream, server: TcpStream) {
        let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        let answers = thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            // The server's answer is read even if the client is gone: it must not see the end.
            while let Ok(length @ 1..) = from.read(&mut bytes) {
                _ = to.write_all(&bytes[..length]);
            }
            _ = to.shutdown(Shutdown::Both);
        });
        let proxy = self.clone();
        thread::spawn(move || {
            proxy.forward(client, server);
            _ = answers.join();
        });
    }

    fn forward(&self, mut client: TcpStream, mut server: TcpStream) {
        let mut bytes = vec![0; 1 << 20];
        while let Ok(length @ 1..) = client.read(&mut bytes) {
            let statement = &bytes[..length];
            let is_begin = statement.windows(BEGIN.len()).any(|part| part == BEGIN);
            let mut state = self.state.lock().unwrap();
            let fate = if is_begin {
                state.begins.next()
            } else {
                Fate::Pass
            };
            match fate {
                Fate::LoseAnswer => {
                    drop(state);
                    client.shutdown(Shutdown::Both).unwrap();
                    server.write_all(statement).unwrap();
                    return;
                }
                Fate::Delay => {
                    client.shutdown(Shutdown::Both).unwrap();
                    state.delayed.push((server, statement.to_vec()));
                    return;
                }
                Fate::Pass => drop(state),
            }
            if server.write_all(statement).is_err() {
                break;
            }
        }
        _ = server.shutdown(Shutdown::Both);
    }
}
