// Runs command lines against a double of the API.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command/command.hpp"
#include "app/cli/command/parse.hpp"
#include "app/cli/session/session.hpp"
#include "test/app/cli/fake_api.hpp"

namespace ff::cli {

/// A session whose calls are remembered and whose output is a text.
class CommandLine : public testing::Test {
 protected:
  CommandLine() { root_.name = "cli"; }

  /// Runs a command line; what it says on standard output.
  Status run(const std::vector<std::string>& words, FakeApi::Answer answer = {}) {
    const auto parsed = parse_command_line(root_, {}, words);
    if (!parsed) return fail(parsed.error());
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* out = open_memstream(&text, &size);
    auto loaded = load_config({});
    Cancel cancel;
    Session session(*loaded, {}, *Printer::make("json", out), cancel);
    session.use_input(input_);
    auto api = std::make_unique<FakeApi>(std::move(answer));
    auto* calls = &api->calls;
    session.use_api(std::move(api));
    auto done = parsed->command().run(session, parsed->arguments);
    calls_ = *calls;
    std::fclose(out);
    out_.assign(text, size);
    std::unique_ptr<char, decltype(&std::free)>(text, &std::free).reset();
    return done;
  }

  Command root_;
  std::string input_;
  std::string out_;
  std::vector<FakeApi::Call> calls_;
};

}  // namespace ff::cli
