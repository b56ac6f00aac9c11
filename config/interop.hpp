// What an operator says of other networks' join servers and of senders of Backend Interfaces, in
// files beside the configuration. Values; read by config/load/interop.hpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace ff::config {

enum class InteropProtocol : std::uint8_t { bi_1_0, bi_1_1 };

/// One join server. [spec events-cluster-discovery §8, join-server §12]
struct InteropJoinServer {
  std::string name;  // of its file
  std::vector<JoinEuiPrefix> join_euis;
  bool for_network_server = true;
  bool for_application_server = true;

  std::string fqdn;
  /// Instead of `fqdn`: what follows a JoinEUI's reversed nibbles in its name.
  std::string dns;
  std::string scheme = "https";
  std::uint16_t port = 443;
  InteropProtocol protocol = InteropProtocol::bi_1_0;
  /// Without a slash in front; may be empty.
  std::string join_path;
  std::string rejoin_path;
  std::string app_s_key_path;
  std::string home_ns_path;
  std::map<std::string, std::string> headers;
  std::string username;  // of basic authentication; empty: none
  std::string password;
  std::filesystem::path root_ca;  // PEM files; empty: none
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::string sender_ns_id;  // 16 hex digits; empty: that of the setting
  /// Its answers come as requests of their own, not in its HTTP responses. [TS002-1.1 §19]
  bool asynchronous = false;
};

/// Where the answers to a network go that wants them as requests of their own.
struct InteropAnswers {
  InteropJoinServer access;  // host, TLS, headers; no join server's paths
  std::string path;          // without a slash in front
};

/// A sender of Backend Interfaces, by NetID, AS-ID, JoinEUI or JoinEUI prefix.
struct InteropSender {
  std::filesystem::path authorities;  // PEM
  std::optional<InteropAnswers> answers;
};
using InteropSenders = std::map<std::string, InteropSender>;

}  // namespace ff::config
