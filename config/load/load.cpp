#include "config/load/load.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <system_error>

#include "config/load/flags.hpp"
#include "config/load/validate.hpp"
#include "config/load/yaml.hpp"
#include "config/schema/schema.hpp"
#include "protocol/base/assert.hpp"

namespace ff::config {

namespace {

Result<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return fail(unreadable_file, {{"path", path.string()}, {"detail", "it is a directory"}});
  }
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return fail(unreadable_file,
                {{"path", path.string()}, {"detail", "it is missing or not readable"}});
  // One byte more than is allowed, so that the reader sees that it is too long.
  std::string text(file_size_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

class Loader {
 public:
  Result<Loaded> load(const Sources& sources) {
    use_defaults();
    auto flags = read_flags(sources.arguments);
    auto environment = read_environment(sources.environment);
    auto named = flags.config_files.empty() ? environment.config_files : flags.config_files;
    use_files({named.begin(), named.end()}, sources.default_files);
    use(environment.reading);
    use(flags.reading);
    result_.words = std::move(flags.words);
    warn(environment.warnings);
    follow_deprecated();
    if (problems_.empty()) problems_ = contradictions(result_.config);
    if (problems_.size() == 1) return fail(std::move(problems_.front()));
    if (!problems_.empty()) return fail(all_problems());
    return std::move(result_);
  }

 private:
  void use_defaults() {
    for (const auto& knob : knobs()) {
      const Setting setting{std::string(knob.name),
                            Shape::text,
                            {std::string(knob.initial)},
                            {OriginKind::initial, "default"}};
      use(setting);
    }
    FF_ASSERT(problems_.empty());
  }

  void use_files(std::vector<std::filesystem::path> named,
                 const std::vector<std::filesystem::path>& defaults) {
    if (named.empty()) {
      for (const auto& path : defaults) {
        std::error_code error;
        if (!std::filesystem::exists(path, error)) continue;
        named.push_back(path);
        break;
      }
    }
    result_.files = named;
    for (auto path = named.rbegin(); path != named.rend(); ++path) {
      auto text = read_file(*path);
      if (text) {
        use(read_yaml(*text, path->string()));
      } else {
        problems_.push_back(std::move(text).error());
      }
    }
  }

  void use(const Reading& reading) {
    problems_.insert(problems_.end(), reading.problems.begin(), reading.problems.end());
    warn(reading.warnings);
    for (const auto& setting : reading.settings) use(setting);
  }

  void warn(const std::vector<std::string>& warnings) {
    result_.warnings.insert(result_.warnings.end(), warnings.begin(), warnings.end());
  }

  void use(const Setting& setting) {
    auto applied = apply(setting, result_.config);
    if (applied) {
      result_.origins.insert_or_assign(setting.key, setting.origin);
    } else {
      problems_.push_back(std::move(applied).error());
    }
  }

  /// What an old setting says, the new one says from here on.
  void follow_deprecated() {
    if (!result_.config.tls.acme.enable) return;
    result_.config.tls.source = TlsSource::acme;
    const auto origin = result_.origins.find("tls.acme.enable")->second;
    result_.origins.insert_or_assign("tls.source", origin);
  }

  Error all_problems() const {
    std::string text;
    for (const auto& problem : problems_)
      text += (text.empty() ? "  " : "\n  ") + problem.message();
    return Error(invalid_configuration, {{"count", problems_.size()}, {"problems", text}});
  }

  Loaded result_;
  std::vector<Error> problems_;
};

}  // namespace

std::vector<std::filesystem::path> default_config_files() {
  return {"farfield.yml", "/etc/farfield/farfield.yml"};
}

Result<Loaded> load(const Sources& sources) {
  return Loader().load(sources);
}

Config default_config() {
  auto loaded = load({});
  FF_ASSERT(loaded.has_value());
  return std::move(loaded->config);
}

}  // namespace ff::config
