/// Where the history service listens and where the CLI looks, unless told otherwise.
package let defaultHistorySocket = "/run/uplinkd-history/control"
