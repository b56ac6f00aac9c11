#include "app/server/farfield/inspect_command.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "app/server/inspect/render.hpp"

namespace ff::app {
namespace {

/// Longer than the server takes for its slowest part.
constexpr std::chrono::seconds answer_timeout{15};

constexpr const char* usage =
    "farfield: usage: farfield inspect [--json] [components | device APPLICATION DEVICE | address "
    "DEV_ADDR | joins | gateway ID | packages [APPLICATION] | shards | storage | roaming [csv "
    "[FIRST_DAY]]]\n";

struct Server {
  std::string host;
  std::string port;
};
struct Answer {
  int status = 0;
  std::string body;
};

/// Ids and addresses have no other characters; they go into the request as they are.
bool is_plain(const std::string& word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

/// `2026-11-28`.
bool is_day(const std::string& word) {
  constexpr std::string_view pattern = "dddd-dd-dd";
  return std::ranges::equal(word, pattern, [](unsigned char c, char kind) {
    return kind == 'd' ? std::isdigit(c) != 0 : c == '-';
  });
}

bool is_csv(const std::vector<std::string>& words) {
  if (words.size() < 2 || words[0] != "roaming" || words[1] != "csv") return false;
  return words.size() == 2 || (words.size() == 3 && is_day(words[2]));
}

/// The page for these words; empty if there is none.
std::string page_of(const std::vector<std::string>& words) {
  if (!std::all_of(words.begin(), words.end(), is_plain)) return {};
  if (is_csv(words)) return "/inspect/roaming";
  if (words.empty() || (words.size() == 1 && words[0] == "components")) return "/inspect";
  const std::pair<const char*, std::size_t> pages[] = {
      {"device", 3},   {"address", 2}, {"gateway", 2}, {"joins", 1},  {"packages", 1},
      {"packages", 2}, {"shards", 1},  {"storage", 1}, {"roaming", 1}};
  for (const auto& [name, size] : pages) {
    if (words.size() != size || words[0] != name) continue;
    std::string page = "/inspect";
    for (const auto& word : words) page += "/" + word;
    return page;
  }
  return {};
}

/// `:1885` is this machine's; so is an address that means all of its interfaces.
Server server_of(const config::Config& config) {
  const auto& address =
      config.inspect.address.empty() ? config.http.listen.plain : config.inspect.address;
  const auto colon = std::min(address.rfind(':'), address.size());
  Server server{address.substr(0, colon), address.substr(std::min(colon + 1, address.size()))};
  if (server.host.starts_with('[')) server.host = server.host.substr(1, server.host.size() - 2);
  const bool anywhere = server.host.empty() || server.host == "0.0.0.0" || server.host == "::";
  if (anywhere) server.host = "localhost";
  return server;
}

/// Empty if there is none, or it is not ours to read.
std::string key_of(const config::Config& config) {
  if (!config.inspect.api_key.empty()) return config.inspect.api_key;
  std::ifstream file(config.storage.directory / "admin-api-key");
  std::string key;
  std::getline(file, key);
  return key;
}

/// One request on a connection of its own. The error is for people.
Result<Answer> get(const Server& server, const std::string& page, const std::string& key) {
  static constexpr ErrorDef no_answer{"farfield/inspect", "no_answer", Code::unavailable,
                                      "{host}:{port} does not answer: {reason}"};
  const auto failure = [&](const std::string& reason) {
    return fail(no_answer, {{"host", server.host}, {"port", server.port}, {"reason", reason}});
  };
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(answer_timeout);
  stream.connect(server.host, server.port);
  if (!stream) return failure(stream.error().message());
  stream << "GET " << page << " HTTP/1.0\r\nHost: " << server.host << "\r\nAuthorization: Bearer "
         << key << "\r\n\r\n"
         << std::flush;
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto head_end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || head_end == std::string::npos)
    return failure("it closed the connection, or is no HTTP server");
  Answer answer{0, text.substr(head_end + 4)};
  const auto place = std::min(text.find(' ') + 1, head_end);
  std::from_chars(text.data() + place, text.data() + head_end, answer.status);
  return answer;
}

ExitCode refused(const Answer& answer) {
  boost::json::error_code error;
  const auto body = boost::json::parse(answer.body, error);
  const auto* message = error ? nullptr : body.find_pointer("/message", error);
  std::fprintf(stderr, "farfield: the server answers %d: %s\n", answer.status,
               message != nullptr && message->is_string() ? message->as_string().c_str()
                                                          : answer.body.c_str());
  if (answer.status == 401 || answer.status == 403)
    std::fprintf(stderr, "farfield: give an administrator's key as FARFIELD_INSPECT_API_KEY\n");
  return ExitCode::failed;
}

}  // namespace

ExitCode run_inspect_command(const std::vector<std::string>& words, const config::Config& config,
                             bool json) {
  const auto page = page_of(words);
  if (page.empty()) {
    std::fputs(usage, stderr);
    return ExitCode::usage;
  }
  const auto answer = get(server_of(config), page, key_of(config));
  if (!answer) {
    std::fprintf(stderr, "farfield: %s\n", answer.error().message().c_str());
    return ExitCode::unavailable;
  }
  if (answer->status != 200) return refused(*answer);
  boost::json::error_code error;
  const auto body = boost::json::parse(answer->body, error);
  if (is_csv(words) && !error) {
    const auto first_day = words.size() == 3 ? words[2] : std::string();
    std::fputs(roaming_csv(body, first_day).c_str(), stdout);
    return ExitCode::ok;
  }
  std::fputs(json || error ? answer->body.c_str() : render(body).c_str(), stdout);
  return ExitCode::ok;
}

}  // namespace ff::app
