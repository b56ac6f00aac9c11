#include "protocol/gateway/basic_station/remote_control.hpp"

#include <gtest/gtest.h>

namespace ff::gateway::basic_station {
namespace {

using std::chrono::milliseconds;

const UtcTime now{milliseconds{1'700'000'000'250}};

TEST(RemoteControl, ACommandHasItsArgumentsWhateverIsInThem) {
  EXPECT_EQ(run_command("/bin/touch", {"/tmp/a b", "say \"hi\"\n", "\\"}),
            R"({"msgtype":"runcmd","command":"/bin/touch",)"
            R"("arguments":["/tmp/a b","say \"hi\"\u000a","\\"]})");
  EXPECT_EQ(run_command("reboot", {}), R"({"msgtype":"runcmd","command":"reboot","arguments":[]})");
}

TEST(RemoteControl, AShellBeginsAnew) {
  EXPECT_EQ(start_shell(1, "user:admin", "xterm", now),
            R"({"msgtype":"rmtsh","user":"user:admin","term":"xterm","stop":1,"start":1,)"
            R"("MuxTime":1700000000.25})");
  EXPECT_EQ(stop_shell(0, now), R"({"msgtype":"rmtsh","stop":0,"MuxTime":1700000000.25})");
}

TEST(RemoteControl, ShellsAreBinaryMessagesWithAnIndexInFront) {
  EXPECT_EQ(shell_input(1, as_bytes("ls\n")), (Bytes{1, 'l', 's', '\n'}));
  EXPECT_EQ(shell_input(0, {}), Bytes{0});
  const Bytes message = {1, 'o', 'k'};
  const auto output = decode_shell_output(message);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->index, 1);
  EXPECT_EQ(as_text(output->data), "ok");
  const Bytes end = {0};
  ASSERT_TRUE(decode_shell_output(end));
  EXPECT_TRUE(decode_shell_output(end)->data.empty());
}

TEST(RemoteControl, OtherBinaryMessagesAreNoShells) {
  EXPECT_FALSE(decode_shell_output({}));
  for (int index = remote_shells_max; index < 256; ++index)
    EXPECT_FALSE(decode_shell_output(Bytes{static_cast<std::uint8_t>(index), 'x'})) << index;
}

}  // namespace
}  // namespace ff::gateway::basic_station
