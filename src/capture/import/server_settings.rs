use super::{Importer, Read};

/// `pg_settings`.
pub(super) const IMPORTER: Importer = Importer {
    name: "pg_settings",
    sniff: |head| head.has(&["name", "setting"]),
    read: Read::Rows(|record, gathered| {
        let value = record.text(&["setting"]).unwrap_or_default().to_owned();
        let unit = record.text(&["unit"]).map(str::to_owned);
        gathered.catalog.settings.offer(record.name(&["name"])?.to_owned(), (value, unit));
        Ok(())
    }),
};
