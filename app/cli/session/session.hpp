// Session: what a running command works with. Not the command line; see app/cli/command.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/call/api.hpp"
#include "app/cli/call/cancel.hpp"
#include "app/cli/config/config.hpp"
#include "app/cli/output/printer.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/time.hpp"

namespace ff::cli {

/// Where the process stands; everything of the machine that a command may touch.
struct Surroundings {
  std::filesystem::path working_directory;
  std::filesystem::path home;    ///< Empty: there is none.
  std::filesystem::path config;  ///< `~/.config`
  std::filesystem::path cache;   ///< `~/.cache`
  std::string program;           ///< As it was called.
  bool has_screen = false;       ///< A browser can be shown.
};

class Session {
 public:
  Session(Loaded loaded, Surroundings surroundings, Printer printer, Cancel& cancel)
      : loaded_(std::move(loaded)),
        surroundings_(std::move(surroundings)),
        printer_(std::move(printer)),
        cancel_(cancel),
        random_(make_secure_random()) {}

  const Config& config() const noexcept { return loaded_.config; }
  const Loaded& loaded() const noexcept { return loaded_; }
  const Surroundings& surroundings() const noexcept { return surroundings_; }
  Printer& printer() noexcept { return printer_; }
  Cancel& cancel() noexcept { return cancel_; }
  Random& random() noexcept { return *random_; }

  /// Calls with the credentials of this session. Asserts that there is one.
  Api& api() noexcept { return *api_; }
  bool has_api() const noexcept { return api_ != nullptr; }
  void use_api(std::unique_ptr<Api> api) { api_ = std::move(api); }

  /// A line on standard error, if the log's level lets it through.
  void warn(std::string_view text) const { log("warn", text); }
  void inform(std::string_view text) const { log("info", text); }
  void debug(std::string_view text) const { log("debug", text); }

  /// What was piped in: nothing on a terminal, or when nothing comes. `waits`: however long it
  /// takes; else a moment. Read once.
  const std::string& input(bool waits);
  /// For tests.
  void use_input(std::string text);

  /// Asks on standard error, and reads a line of standard input. False when it is not `y`.
  bool confirms(const std::string& question) const;
  /// Reads a line without showing it, if standard input is a terminal; without its end. What
  /// `input` has read comes first.
  std::string ask_secret(const std::string& question);

 private:
  void log(std::string_view level, std::string_view text) const;

  Loaded loaded_;
  Surroundings surroundings_;
  Printer printer_;
  Cancel& cancel_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<Api> api_;
  std::optional<std::string> input_;
};

}  // namespace ff::cli
