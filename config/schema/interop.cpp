// What servers of other networks and other processes of this one are let in by: Backend Interfaces,
// the key vault, cluster keys. [spec configuration-and-metrics §2, events-cluster-discovery §8, §9]
#include "config/schema/schema.hpp"

namespace ff::config {

using std::chrono::hours;
using std::chrono::milliseconds;

using std::chrono::seconds;

namespace {

/// What has no other value than the one we know: the reference's providers are more.
Type<std::string> only(std::string_view name) {
  return {"\"" + std::string(name) + "\"",
          [name](std::string_view text) -> std::optional<std::string> {
            if (text != name) return {};
            return std::string(text);
          },
          [](const std::string& value) { return value; }};
}

std::vector<Knob> key_vault_knobs() {
  return {
      {"key-vault.provider", "Where key-encryption keys come from.", "static",
       one(only("static"), FF_PLACE(key_vault.provider))},
      {"key-vault.static",
       "Key-encryption keys by their label, 16, 24 or 32 bytes as hex. `label@2` is the second "
       "generation of `label`: the newest wraps, all unwrap.",
       "", many(kek(), FF_PLACE(key_vault.keks), Shape::map), Reload::live},
      {"key-vault.file",
       "File with more of them, a line `label: hex` each; new lines are taken over while the "
       "server runs.",
       "", one(path_or_nothing(), FF_PLACE(key_vault.file))},
      {"key-vault.reload-interval", "How often the file is looked at.", "30s",
       one(duration(milliseconds{100}, hours{24}), FF_PLACE(key_vault.reload_interval))},
      {"key-vault.own-file",
       "File with the server's own key-encryption key, made at the first start; keys of devices "
       "are wrapped with it at rest where no label is set. Empty: own-kek in the data directory.",
       "", one(path_or_nothing(), FF_PLACE(key_vault.own_file))},
      {"cluster.keys",
       "Keys by which other processes of this cluster call join server and crypto services, 16, 24 "
       "or 32 bytes as hex; empty: nobody may.",
       "", many(aes_key(), FF_PLACE(cluster_keys))},
  };
}

std::vector<Knob> crypto_server_knobs() {
  return {
      {"cluster.crypto-server",
       "Server (gRPC) that holds the root keys of devices with a provisioner, host:port; it is "
       "called with the first of cluster.keys. Empty: nobody.",
       "", one(server_address(), FF_PLACE(crypto_server.address))},
      {"cluster.tls", "Whether the crypto server is spoken to with TLS.", "false",
       one(flag(), FF_PLACE(crypto_server.tls))},
      {"cluster.tls-server-name",
       "Name in the crypto server's certificate; empty: the host of its address.", "",
       one(any_text(), FF_PLACE(crypto_server.tls_server_name))},
      {"tls.root-ca", "Authorities (PEM) of the crypto server's certificate; empty: the system's.",
       "", one(path_or_nothing(), FF_PLACE(crypto_server.root_ca))},
      {"js.crypto-server.timeout",
       "How long the crypto server may take for all that one join asks; must leave time for the "
       "join-accept.",
       "1s", one(duration(milliseconds{50}, seconds{30}), FF_PLACE(crypto_server.timeout))},
      {"js.crypto-server.joins-max",
       "Joins that wait for the crypto server at a time; more are refused.", "256",
       one(count<std::size_t>(1, 65'536), FF_PLACE(crypto_server.joins_max))},
  };
}

std::vector<Knob> client_knobs() {
  return {
      {"interop.client.timeout",
       "How long another network's join server may take, all tries together; must leave time for "
       "the join-accept.",
       "2s", one(duration(milliseconds{50}, seconds{30}), FF_PLACE(interop.timeout))},
      {"interop.client.attempts",
       "Tries to reach a join server for one question; what it has heard is not said again.", "2",
       one(count<std::uint32_t>(1, 10), FF_PLACE(interop.attempts_max))},
      {"interop.client.breaker.failures",
       "Failures in a row after which a join server is not asked for a while.", "5",
       one(count<std::uint32_t>(1, 10'000), FF_PLACE(interop.breaker_failures))},
      {"interop.client.breaker.pause", "How long it is not asked.", "10s",
       one(duration(milliseconds{100}, hours{1}), FF_PLACE(interop.breaker_pause))},
      {"interop.client.requests-max", "Questions to one join server at a time; more are refused.",
       "64", one(count<std::size_t>(1, 65'536), FF_PLACE(interop.requests_max))},
  };
}

}  // namespace

std::vector<Knob> interop_knobs() {
  std::vector<Knob> rows{
      {"interop.listen", "Address of Backend Interfaces without TLS, behind a proxy that ends it.",
       ":1886", one(listen_address(), FF_PLACE(interop.listen.plain))},
      {"interop.listen-tls", "Address of Backend Interfaces with TLS; needs tls.source.", ":8886",
       one(listen_address(), FF_PLACE(interop.listen.tls))},
      {"interop.public-tls-address",
       "Where others reach it; kept for the reference's sake, nothing here uses it yet.", "",
       one(label_or_nothing(), FF_PLACE(interop.public_tls_address))},
      {"interop.sender-client-ca.source",
       "Where the authorities of senders' certificates come from.", "",
       one(directory_source(), FF_PLACE(interop.sender_client_ca_source))},
      {"interop.sender-client-ca.directory",
       "Folder with config.yml: a NetID, AS-ID, JoinEUI or JoinEUI prefix and the PEM file of its "
       "authorities a line.",
       "", one(path_or_nothing(), FF_PLACE(interop.sender_client_ca_directory))},
      {"interop.sender-client-cas", "The same as a map; the reference deprecates it.", "",
       many(sender_client_ca(), FF_PLACE(interop.sender_client_cas), Shape::map)},
  };
  for (auto* area : {key_vault_knobs, crypto_server_knobs, client_knobs}) {
    for (auto& row : area()) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace ff::config
