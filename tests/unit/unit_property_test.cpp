// What a configuration may say of the units that root makes for it, and all else that it may not.
#include "model/unit_property.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

TEST(UnitProperty, IsAcceptedWithAValueThatTakesSomethingAway) {
  const std::pair<const char*, std::vector<const char*>> rows[] = {
      {"MemoryMax", {"16M", "16777216", "1G", "2T", "50%", "100%", "infinity"}},
      {"MemoryHigh", {"512M", "80%", "infinity"}},
      {"MemorySwapMax", {"0", "512M", "0%", "infinity"}},
      {"CPUQuota", {"1%", "50%", "400%"}},
      {"CPUWeight", {"1", "100"}},
      {"IOWeight", {"1", "100"}},
      {"TasksMax", {"1", "4915", "1%", "15%"}},
      {"Nice", {"0", "19"}},
      {"OOMScoreAdjust", {"0", "1000"}},
      {"LimitNOFILE", {"16", "65536", "524288"}}};
  std::vector<std::string_view> names;
  for (const auto& [name, values] : rows) {
    names.emplace_back(name);
    for (const auto* value : values)
      EXPECT_TRUE(is_unit_property(name, value)) << name << "=" << value;
    EXPECT_NE(values_of_unit_property(name), "");
  }
  EXPECT_THAT(unit_property_names(), testing::ElementsAreArray(names));
}

// A higher weight, a negative niceness or a higher limit is what only root can give.
TEST(UnitProperty, IsRefusedWithAValueThatTakesSomethingFromOthers) {
  const std::pair<const char*, std::vector<const char*>> rows[] = {
      {"MemoryMax", {"0", "15M", "16777215", "600", "101%", "0%"}},
      {"MemoryHigh", {"1K"}},
      {"CPUQuota", {"0%", "100", "100001%", "infinity"}},
      {"CPUWeight", {"0", "101", "10000", "50%", "idle", "infinity"}},
      {"IOWeight", {"0", "101", "/dev/sda 50"}},
      {"TasksMax", {"0", "4916", "16%", "100%", "infinity"}},
      {"Nice", {"-1", "-20", "20"}},
      {"OOMScoreAdjust", {"-1", "-1000", "1001"}},
      {"LimitNOFILE", {"0", "524289", "infinity", "1024:1048576"}}};
  for (const auto& [name, values] : rows) {
    for (const auto* value : values)
      EXPECT_FALSE(is_unit_property(name, value)) << name << "=" << value;
  }
}

TEST(UnitProperty, IsOneValueAndNothingBehindIt) {
  for (const auto name : unit_property_names()) {
    for (const std::string value : {"",
                                    " ",
                                    "1 ",
                                    " 1",
                                    "+1",
                                    "-0",
                                    "1e3",
                                    "0x10",
                                    "1.5",
                                    "1G\nUser=root",
                                    "1G\n",
                                    "1G ",
                                    "1G User=root",
                                    "1%\n",
                                    "1%%",
                                    "%",
                                    "G",
                                    "1GG",
                                    "1g",
                                    "1KB",
                                    "infinity\n",
                                    "Infinity",
                                    "99999999999999999999",
                                    "18446744073709551616",
                                    "999999999999999T",
                                    "$1",
                                    "1;2",
                                    "١",
                                    "/etc/shadow",
                                    "file:/etc/shadow"})
      EXPECT_FALSE(is_unit_property(name, value)) << name << "=" << value;
    EXPECT_FALSE(is_unit_property(name, std::string("1\0", 2))) << name;
  }
}

TEST(UnitProperty, IsNoneThatRunsOpensOrChangesWhoItIs) {
  for (const std::string name : {"User",
                                 "Group",
                                 "SupplementaryGroups",
                                 "DynamicUser",
                                 "PAMName",
                                 "ExecStart",
                                 "ExecStartPre",
                                 "ExecStartPost",
                                 "ExecStop",
                                 "ExecStopPost",
                                 "ExecCondition",
                                 "ExecReload",
                                 "CapabilityBoundingSet",
                                 "AmbientCapabilities",
                                 "SecureBits",
                                 "NoNewPrivileges",
                                 "Delegate",
                                 "Slice",
                                 "RootDirectory",
                                 "RootImage",
                                 "BindPaths",
                                 "MountImages",
                                 "Environment",
                                 "EnvironmentFile",
                                 "PassEnvironment",
                                 "LoadCredential",
                                 "SetCredential",
                                 "StandardInput",
                                 "StandardOutput",
                                 "StandardError",
                                 "WorkingDirectory",
                                 "StateDirectory",
                                 "RuntimeDirectory",
                                 "PIDFile",
                                 "Type",
                                 "Restart",
                                 "KillSignal",
                                 "SendSIGKILL",
                                 "KillMode",
                                 "OOMPolicy",
                                 "RuntimeMaxSec",
                                 "TimeoutStopSec",
                                 "OnFailure",
                                 "After",
                                 "Wants",
                                 "Conflicts",
                                 "SuccessAction",
                                 "FailureAction",
                                 "MemoryMin",
                                 "MemoryLow",
                                 "DeviceAllow",
                                 "DevicePolicy",
                                 "IODeviceWeight",
                                 "IOReadBandwidthMax",
                                 "IPIngressFilterPath",
                                 "BPFProgram",
                                 "CPUSchedulingPolicy",
                                 "CPUSchedulingPriority",
                                 "IOSchedulingClass",
                                 "LimitNPROC",
                                 "LimitMEMLOCK",
                                 "LimitRTPRIO",
                                 "LimitNICE",
                                 "Personality",
                                 "UMask",
                                 "memorymax",
                                 "MemoryMax ",
                                 " MemoryMax",
                                 "MemoryMax=1G\nUser",
                                 "Memory",
                                 ""}) {
    for (const auto* value : {"1", "1G", "50%", "infinity", "root", "yes"})
      EXPECT_FALSE(is_unit_property(name, value)) << name << "=" << value;
    EXPECT_EQ(values_of_unit_property(name), "") << name;
  }
}

}  // namespace
}  // namespace bootcheck
