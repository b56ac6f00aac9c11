// Secrets from whoever runs a command. Not from flags.
#pragma once

#include <optional>
#include <string>

namespace ff::app {

/// A line of standard input. From a terminal without showing it, after `question`, and twice;
/// nothing when the two are different. A signal that ends the process leaves the terminal as it
/// was.
std::optional<std::string> read_new_secret(const std::string& question);

}  // namespace ff::app
