use std::fmt;

/// An implementation of DynamoDB whose answers recordings may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    /// dynalite 4.0.0, an emulator in JavaScript.
    Dynalite,
    /// DynamoDB Local 1.25.1, by AWS.
    DdbLocal,
    /// dynoxide 1.5.0, an emulator in Rust.
    Dynoxide,
}

impl Server {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dynalite, Self::DdbLocal, Self::Dynoxide];

    /// Its name in recordings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dynalite => "dynalite",
            Self::DdbLocal => "ddb_local",
            Self::Dynoxide => "dynoxide",
        }
    }
}

/// Whose figures the computed ones are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// What the recording holds to be right.
    Expected,
    /// What a server answered.
    Server(Server),
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expected => "expected",
            Self::Server(server) => server.as_str(),
        })
    }
}
