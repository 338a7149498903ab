//! Flags that are made from the table of limits, and those that several
//! subcommands share.

use clap::builder::TypedValueParser as _;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use host_runtime::Limits as HandlerLimits;
use host_server::config::limits::{CONNECTION, HANDLER, Limit, Quantity};
use host_server::config::{Changes, ConnectionLimits};

/// Text for people, or JSON lines for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: one object a line
    Json,
}

/// One flag for each limit of [`HANDLER`] and [`CONNECTION`].
#[derive(Debug, Default)]
pub(crate) struct LimitFlags {
    pub(crate) handler: Changes<HandlerLimits>,
    pub(crate) connection: Changes<ConnectionLimits>,
}

impl Args for LimitFlags {
    fn augment_args(command: Command) -> Command {
        let command = augment(command, "Limits of handlers", HANDLER);
        augment(command, "Limits of clients", CONNECTION)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LimitFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self {
            handler: changes(matches, HANDLER),
            connection: changes(matches, CONNECTION),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn augment<T: Default>(
    command: Command,
    heading: &'static str,
    limits: &'static [Limit<T>],
) -> Command {
    let defaults = T::default();
    command.args(limits.iter().map(|limit| {
        let default = limit.get(&defaults);
        let unit = match default {
            Quantity::Size(_) => "SIZE",
            Quantity::Time(_) => "TIME",
            Quantity::Count(_) => "COUNT",
        };
        let parse = |text: String| {
            let expected = || format!("expected {}", limit.expected());
            limit.parse(&text).ok_or_else(expected)
        };
        Arg::new(limit.key)
            .long(limit.key)
            .value_name(unit)
            .help(format!("{} [default: {default}]", limit.help))
            .help_heading(heading)
            .value_parser(clap::builder::StringValueParser::new().try_map(parse))
    }))
}

fn changes<T>(matches: &ArgMatches, limits: &'static [Limit<T>]) -> Changes<T> {
    let given = |limit: &'static Limit<T>| {
        let value = matches.get_one::<Quantity>(limit.key)?;
        Some((limit, *value))
    };
    limits.iter().filter_map(given).collect()
}
