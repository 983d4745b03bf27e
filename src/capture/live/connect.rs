use std::future::poll_fn;
use std::sync::{Arc, Mutex};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::{AsyncMessage, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::finding::Diagnostic;

use super::LiveSettings;

/// Warnings of the server, in order.
pub(super) type Warnings = Arc<Mutex<Vec<String>>>;

/// How to reach a server.
pub(super) struct Address {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Address {
    /// From a connection string of libpq.
    ///
    /// # Errors
    /// What of the two cannot be read. The string holds a password, so no error
    /// repeats it.
    pub fn new(settings: &LiveSettings<'_>) -> Result<Self, Diagnostic> {
        let mut config: Config = settings.dsn.parse().map_err(|error| {
            Diagnostic::new(format!("the connection string cannot be read: {}", reason(&error)))
                .mend("write it as \"host=... port=5432 user=... dbname=... sslmode=require\"")
        })?;
        config.application_name("ddbplan capture");
        if let (None, Some(password)) = (config.get_password(), settings.password) {
            config.password(password);
        }
        let authorities_pem = settings.authorities_pem.unwrap_or_default();
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificate in CertificateDer::pem_slice_iter(authorities_pem) {
            certificate
                .map_err(|error| error.to_string())
                .and_then(|one| roots.add(one).map_err(|error| error.to_string()))
                .map_err(|error| {
                    Diagnostic::new(format!("a certificate cannot be read: {error}"))
                        .mend("give a file of certificates in PEM form")
                })?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has the protocol versions it comes with")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { config, tls: MakeRustlsConnect::new(tls) })
    }

    /// Opens a connection, which is driven until it ends, and gathers the
    /// warnings that the server sends on it.
    pub async fn connect(&self) -> Result<(Client, Warnings), tokio_postgres::Error> {
        let (client, mut connection) = self.config.connect(self.tls.clone()).await?;
        let warnings = Warnings::default();
        let gathered = Arc::clone(&warnings);
        tokio::spawn(async move {
            // Its error reaches every statement of the client too.
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await
            {
                if let AsyncMessage::Notice(notice) = message
                    && notice.severity() == "WARNING"
                    && let Ok(mut gathered) = gathered.lock()
                {
                    let hint = notice.hint().map(|hint| format!(" ({hint})"));
                    gathered.push(format!("{}{}", notice.message(), hint.unwrap_or_default()));
                }
            }
        });
        Ok((client, warnings))
    }
}

/// The whole chain of an error: the driver's own text is only its first link.
pub(super) fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(&format!(": {inner}"));
        source = inner.source();
    }
    text
}
