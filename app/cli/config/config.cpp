#include "app/cli/config/config.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>

#include "app/cli/config/option.hpp"
#include "config/load/environment.hpp"
#include "config/load/flat_yaml.hpp"
#include "config/schema/type.hpp"

namespace ff::cli {
namespace {

constexpr std::string_view our_prefix = "FARFIELD_CLI_";
constexpr std::string_view reference_prefix = "TTN_LW_";
constexpr std::uint32_t retries_max = 100;

constexpr std::array<std::string_view, role_count> role_options = {
    "identity-server",        "gateway-server",    "network-server",
    "application-server",     "join-server",       "device-template-converter",
    "device-claiming-server", "qr-code-generator", "packet-broker-agent",
};

/// Puts sources on top of each other; the strongest last.
class Layers {
 public:
  explicit Layers(Loaded& loaded) : loaded_(loaded) {
    for (const auto& option : options()) set(std::string(option.name), option.initial, "default");
  }

  void set(const std::string& name, std::string_view text, std::string origin) {
    loaded_.texts[name] = text;
    loaded_.origins[name] = std::move(origin);
  }

  Status file(const std::filesystem::path& path, bool must_exist) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
      if (must_exist) return fail(unreadable_config, {{"path", path.string()}});
      return {};
    }
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    FF_TRY(const auto settings, config::read_flat_yaml(text, path.string()));
    for (const auto& setting : settings) {
      const auto place = path.string() + ":" + std::to_string(setting.line);
      if (find_option(setting.key) == nullptr) {
        loaded_.warnings.push_back(place + ": `" + setting.key + "` has no meaning here");
        continue;
      }
      std::string joined;
      for (const auto& item : setting.items) joined += (joined.empty() ? "" : ",") + item;
      set(setting.key, joined, place);
    }
    return {};
  }

  void environment(const Sources& sources) {
    for (const auto prefix : {reference_prefix, our_prefix}) {
      for (const auto& option : options()) {
        const auto variable = std::string(prefix) + config::variable_suffix(option.name);
        const auto found = std::ranges::find(sources.environment, variable,
                                             &std::pair<std::string, std::string>::first);
        if (found != sources.environment.end())
          set(std::string(option.name), found->second, variable);
      }
    }
  }

 private:
  Loaded& loaded_;
};

/// Texts of options as values; the first that is not allowed is kept.
class Reader {
 public:
  explicit Reader(const Loaded& loaded) : loaded_(loaded) {}

  const std::string& text(std::string_view name) const {
    return loaded_.texts.find(std::string(name))->second;
  }
  bool flag(std::string_view name) {
    const auto& value = text(name);
    const bool yes = value == "true" || value == "1";
    if (!yes && value != "false" && value != "0") refuse(name, "true or false");
    return yes;
  }
  std::uint32_t count(std::string_view name) {
    const auto& value = text(name);
    std::uint32_t number = 0;
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || stop != end || number > retries_max)
      refuse(name, "a whole number from 0 to " + std::to_string(retries_max));
    return number;
  }
  double fraction(std::string_view name) {
    const auto& value = text(name);
    double number = 0;
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || stop != end || !(number >= 0 && number <= 1))
      refuse(name, "a number from 0 to 1");
    return number;
  }
  Duration duration(std::string_view name) {
    const auto value = config::parse_duration(text(name));
    if (!value) refuse(name, "a duration such as 100ms");
    return value.value_or(Duration());
  }
  std::string one_of(std::string_view name, std::initializer_list<std::string_view> allowed) {
    const auto& value = text(name);
    std::string names;
    for (const auto one : allowed) names += (names.empty() ? "" : ", ") + std::string(one);
    if (std::ranges::find(allowed, value) == allowed.end()) refuse(name, names);
    return value;
  }
  void refuse(std::string_view name, const std::string& allowed) {
    if (problem_) return;
    problem_.emplace(
        invalid_option,
        std::vector<Attribute>{{"source", loaded_.origins.find(std::string(name))->second},
                               {"option", name},
                               {"allowed", allowed}});
  }
  const std::optional<Error>& problem() const { return problem_; }

 private:
  const Loaded& loaded_;
  std::optional<Error> problem_;
};

/// Redirect URIs are compared as texts, so the port that a scheme implies is not written.
std::string without_default_port(std::string address) {
  for (const auto& [scheme, port] :
       {std::pair<std::string_view, std::string_view>{"https://", ":443"}, {"http://", ":80"}}) {
    if (!address.starts_with(scheme)) continue;
    const auto end = std::min(address.find('/', scheme.size()), address.size());
    if (end >= port.size() && address.compare(end - port.size(), port.size(), port) == 0)
      address.erase(end - port.size(), port.size());
  }
  while (address.ends_with('/')) address.pop_back();
  return address;
}

std::string with_port(std::string address, bool insecure) {
  const auto bracket = address.rfind(']');
  const auto colon = address.rfind(':');
  const bool has_port =
      colon != std::string::npos &&
      (bracket == std::string::npos ? address.find(':') == colon : colon > bracket);
  return has_port ? address : std::move(address) + (insecure ? ":1884" : ":8884");
}

Result<Config> read(const Loaded& loaded) {
  Reader reader(loaded);
  Config config;
  config.log_level = reader.one_of("log.level", {"debug", "info", "warn", "error", "fatal"});
  config.credentials_id = reader.text("credentials-id");
  config.input_format = reader.one_of("input-format", {"json", "hex", "base64"});
  config.output_format = reader.text("output-format");
  config.allow_unknown_hosts = reader.flag("allow-unknown-hosts");
  config.oauth_server_address = without_default_port(reader.text("oauth-server-address"));
  config.insecure = reader.flag("insecure");
  config.ca = reader.text("ca");
  config.dump_requests = reader.flag("dump-requests");
  config.retry = {reader.count("retry.max"), reader.duration("retry.default-timeout"),
                  reader.flag("retry.enable-metadata"), reader.fraction("retry.jitter")};
  for (std::size_t i = 0; i < role_count; ++i) {
    const auto name = std::string(role_options[i]);
    const auto address = reader.text(name + "-grpc-address");
    config.addresses[i] = with_port(address, config.insecure);
    config.is_discovered[i] = config.addresses[i] != address;
    config.enabled[i] = find_option(name + "-enabled") == nullptr || reader.flag(name + "-enabled");
  }
  if (reader.problem()) return fail(*reader.problem());
  return config;
}

/// Items of a list are joined by a comma in the texts.
std::string yaml_value(const Option& option, const std::string& text) {
  if (option.kind == OptionKind::boolean || option.kind == OptionKind::count ||
      option.kind == OptionKind::fraction)
    return text;
  if (option.kind != OptionKind::list) return config::yaml_quoted(text);
  std::string out = "[";
  for (const auto& item : config::split_items(text))
    out += (out.size() > 1 ? ", " : "") + config::yaml_quoted(item);
  return out + "]";
}

std::string yaml_line(const Option& option, const Loaded& loaded, std::string& section) {
  const auto dot = option.name.find('.');
  const auto group =
      dot == std::string_view::npos ? std::string_view() : option.name.substr(0, dot);
  std::string out;
  if (group != section) {
    section = group;
    if (!group.empty()) out += section + ":\n";
  }
  const auto key = group.empty() ? option.name : option.name.substr(dot + 1);
  const std::string name(option.name);
  return out + (group.empty() ? "" : "  ") + std::string(key) + ": " +
         yaml_value(option, loaded.texts.at(name)) + "  # " + loaded.origins.at(name) + "\n";
}

}  // namespace

Result<Loaded> load_config(const Sources& sources) {
  Loaded loaded;
  Layers layers(loaded);
  for (auto file = sources.files.rbegin(); file != sources.files.rend(); ++file)
    FF_CHECK(layers.file(*file, true));
  if (sources.files.empty()) {
    for (auto one = sources.directories.rbegin(); one != sources.directories.rend(); ++one) {
      FF_CHECK(layers.file(*one / ".ttn-lw-cli.yml", false));
      FF_CHECK(layers.file(*one / ".farfield-cli.yml", false));
    }
  }
  layers.environment(sources);
  for (const auto& [name, text] : sources.flags) layers.set(name, text, "--" + name);
  FF_TRY(loaded.config, read(loaded));
  return loaded;
}

std::string config_text(const Loaded& loaded, ConfigForm form) {
  std::string out;
  std::string section;
  for (const auto& option : options()) {
    const auto& text = loaded.texts.at(std::string(option.name));
    if (form == ConfigForm::yaml) {
      out += yaml_line(option, loaded, section);
    } else if (form == ConfigForm::flags) {
      out += "--" + std::string(option.name) + "=\"" + text + "\"\n";
    } else {
      auto items = text;
      if (option.kind == OptionKind::list) std::ranges::replace(items, ',', ' ');
      out +=
          std::string(our_prefix) + config::variable_suffix(option.name) + "=\"" + items + "\"\n";
    }
  }
  return out;
}

std::string host_of(std::string_view address) {
  if (const auto scheme = address.find("://"); scheme != std::string_view::npos)
    address.remove_prefix(scheme + 3);
  address = address.substr(0, address.find('/'));
  if (address.starts_with('[')) return std::string(address.substr(1, address.find(']') - 1));
  if (address.find(':') != address.rfind(':')) return std::string(address);
  return std::string(address.substr(0, address.find(':')));
}

std::vector<std::string> hosts_of(const Config& config) {
  std::set<std::string> hosts = {host_of(config.oauth_server_address)};
  for (std::size_t i = 0; i < role_count; ++i) {
    if (config.enabled[i]) hosts.insert(host_of(config.addresses[i]));
  }
  return {hosts.begin(), hosts.end()};
}

}  // namespace ff::cli
