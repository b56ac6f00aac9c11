#include "app/cli/command/command.hpp"

#include <gtest/gtest.h>

#include "app/cli/command/help.hpp"
#include "app/cli/command/parse.hpp"

namespace ff::cli {
namespace {

Command tree() {
  Command root;
  root.name = "cli";
  const auto run = [](Session&, const Arguments&) { return Status(); };
  Command get;
  get.name = "get";
  get.words = "[application-id]";
  get.words_max = 1;
  get.flags = [] {
    return std::vector<Flag>{{"name", FlagKind::boolean, "", "select name"},
                             {"dev-eui", FlagKind::text, "HEX", ""},
                             {"secret", FlagKind::text, "TEXT", "", true}};
  };
  get.run = run;
  add_command(root, "applications", std::move(get));
  Command create;
  create.name = "create";
  create.run = run;
  add_command(root, "applications api-keys", std::move(create));
  return root;
}

const std::vector<Flag> global = {{"config", FlagKind::text, "FILE", "file"},
                                  {"insecure", FlagKind::boolean, "", ""}};

Result<Parsed> parse(const std::vector<std::string>& arguments) {
  static const auto root = tree();
  return parse_command_line(root, global, arguments);
}

TEST(CommandLine, FindsCommandsByNameAndAlias) {
  struct Row {
    std::vector<std::string> arguments;
    const char* command;
  };
  for (const auto& row : {Row{{"applications", "get"}, "get"}, Row{{"app", "info"}, "get"},
                          Row{{"a", "key", "generate"}, "create"},
                          Row{{"applications"}, "applications"}, Row{{}, "cli"}}) {
    const auto parsed = parse(row.arguments);
    ASSERT_TRUE(parsed) << row.command;
    EXPECT_EQ(parsed->command().name, row.command);
  }
}

TEST(CommandLine, TakesFlagsInEveryForm) {
  const auto parsed = parse({"--config", "a.yml", "app", "-c=b.yml", "get", "app-1", "--dev_eui",
                             "01", "--name", "--insecure=false"});
  ASSERT_TRUE(parsed) << parsed.error().message();
  const auto& arguments = parsed->arguments;
  EXPECT_EQ(arguments.texts("config"), (std::vector<std::string>{"a.yml", "b.yml"}));
  EXPECT_EQ(arguments.words, std::vector<std::string>{"app-1"});
  EXPECT_EQ(arguments.text("dev-eui"), "01");
  EXPECT_TRUE(arguments.flag("name"));
  EXPECT_FALSE(arguments.flag("insecure", true));
  EXPECT_TRUE(arguments.flag("other", true));
}

TEST(CommandLine, WordsBehindTwoDashesAreNoFlags) {
  const auto parsed = parse({"app", "get", "--", "--name"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->arguments.words, std::vector<std::string>{"--name"});
}

TEST(CommandLine, RefusesWhatItDoesNotKnowAndSuggests) {
  struct Row {
    std::vector<std::string> arguments;
    const ErrorDef& error;
    const char* part;
  };
  const Row rows[] = {
      {{"aplications"}, unknown_command, "did you mean `applications`?"},
      {{"app", "got"}, unknown_command, "`get`"},
      {{"app", "get", "--nam"}, unknown_flag, "did you mean `name`?"},
      {{"app", "get", "--dev-eui"}, missing_flag_value, "HEX"},
      {{"app", "get", "--name=maybe"}, invalid_flag_value, "true or false"},
      // A boolean's value behind a blank is a word too many.
      {{"app", "get", "a", "--name", "false"}, too_many_words, "`false`"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse(row.arguments);
    ASSERT_FALSE(parsed) << row.part;
    EXPECT_TRUE(parsed.error().is(row.error)) << parsed.error().to_string();
    EXPECT_NE(parsed.error().message().find(row.part), std::string::npos)
        << parsed.error().message();
  }
}

TEST(CommandLine, GivesHelpWhateverElseIsWrong) {
  const auto parsed = parse({"app", "get", "--unknown", "--help"});
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->wants_help);
  const auto text = help_text(parsed->path, global);
  EXPECT_NE(text.find("usage: cli applications get [application-id] [flags]"), std::string::npos)
      << text;
  EXPECT_NE(text.find("--dev-eui HEX"), std::string::npos);
  EXPECT_EQ(text.find("--secret"), std::string::npos);
}

TEST(Completion, OffersCommandsAndFlags) {
  const auto root = tree();
  using Words = std::vector<std::string>;
  EXPECT_EQ(completions(root, global, {"app"}), Words{"applications"});
  EXPECT_EQ(completions(root, global, {"a", ""}), (Words{"api-keys", "get"}));
  EXPECT_EQ(completions(root, global, {"app", "get", "--n"}), Words{"--name"});
  EXPECT_EQ(completions(root, global, {"--i"}), Words{"--insecure"});
  for (const auto* shell : {"bash", "zsh", "fish"})
    EXPECT_NE(completion_script(shell, "farfield-cli").find("farfield-cli complete-words"),
              std::string::npos);
  EXPECT_TRUE(completion_script("csh", "farfield-cli").empty());
}

}  // namespace
}  // namespace ff::cli
