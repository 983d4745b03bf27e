use std::fmt;

/// An AWS Region, by its code. Any well-formed code is accepted, because AWS
/// adds Regions faster than tools are released.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region(String);

impl Region {
    /// The Region with this code.
    ///
    /// # Errors
    /// What is wrong with the code, in a sentence.
    pub fn new(code: &str) -> Result<Self, String> {
        let parts: Vec<&str> = code.split('-').collect();
        let letters =
            |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
        let well_formed = match parts.split_last() {
            Some((number, words)) => {
                words.len() >= 2
                    && words.iter().all(letters)
                    && !number.is_empty()
                    && number.bytes().all(|b| b.is_ascii_digit())
            }
            None => false,
        };
        if well_formed {
            Ok(Self(code.to_owned()))
        } else {
            Err(format!("`{code}` is not a Region code such as `us-east-1`"))
        }
    }

    /// The Region that AWS's pages and older price lists call by this name,
    /// such as `EU (Ireland)` or `Europe (Ireland)`.
    #[must_use]
    pub fn from_location(location: &str) -> Option<Self> {
        let named = location.replacen("Europe (", "EU (", 1).replace("São", "Sao");
        LOCATIONS.iter().find(|(_, name)| *name == named).map(|(code, _)| Self((*code).to_owned()))
    }

    /// The code, such as `eu-west-1`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }

    /// AWS's name of the Region, where this version knows it.
    #[must_use]
    pub fn location(&self) -> Option<&'static str> {
        LOCATIONS.iter().find(|(code, _)| *code == self.0).map(|(_, name)| *name)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Codes and names as AWS's price lists spell them.
const LOCATIONS: &[(&str, &str)] = &[
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
    ("eu-west-1", "EU (Ireland)"),
    ("eu-west-2", "EU (London)"),
    ("eu-west-3", "EU (Paris)"),
    ("eu-central-1", "EU (Frankfurt)"),
    ("eu-central-2", "EU (Zurich)"),
    ("eu-north-1", "EU (Stockholm)"),
    ("eu-south-1", "EU (Milan)"),
    ("eu-south-2", "EU (Spain)"),
    ("ap-northeast-1", "Asia Pacific (Tokyo)"),
    ("ap-northeast-2", "Asia Pacific (Seoul)"),
    ("ap-northeast-3", "Asia Pacific (Osaka)"),
    ("ap-southeast-1", "Asia Pacific (Singapore)"),
    ("ap-southeast-2", "Asia Pacific (Sydney)"),
    ("ap-south-1", "Asia Pacific (Mumbai)"),
    ("ap-southeast-3", "Asia Pacific (Jakarta)"),
    ("ap-south-2", "Asia Pacific (Hyderabad)"),
    ("ap-southeast-4", "Asia Pacific (Melbourne)"),
    ("ap-east-1", "Asia Pacific (Hong Kong)"),
    ("ap-east-2", "Asia Pacific (Taipei)"),
    ("ap-southeast-7", "Asia Pacific (Thailand)"),
    ("ap-southeast-5", "Asia Pacific (Malaysia)"),
    ("ap-southeast-6", "Asia Pacific (New Zealand)"),
    ("ca-central-1", "Canada (Central)"),
    ("ca-west-1", "Canada West (Calgary)"),
    ("mx-central-1", "Mexico (Central)"),
    ("sa-east-1", "South America (Sao Paulo)"),
    ("me-central-1", "Middle East (UAE)"),
    ("me-south-1", "Middle East (Bahrain)"),
    ("il-central-1", "Israel (Tel Aviv)"),
    ("af-south-1", "Africa (Cape Town)"),
    ("us-gov-east-1", "AWS GovCloud (US-East)"),
    ("us-gov-west-1", "AWS GovCloud (US)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked_by_form() {
        assert_eq!(Region::new("us-gov-west-1").unwrap().code(), "us-gov-west-1");
        for bad in ["", "us", "us-east", "US-EAST-1", "us east 1", "us--1", "Ireland"] {
            assert!(Region::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_known_region_is_found_by_its_name() {
        for (code, name) in LOCATIONS {
            assert_eq!(Region::from_location(name), Some(Region::new(code).unwrap()));
        }
        assert_eq!(Region::from_location("Europe (Ireland)").unwrap().code(), "eu-west-1");
        assert_eq!(Region::from_location("Any"), None);
    }
}
