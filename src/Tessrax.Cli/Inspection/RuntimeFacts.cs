using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Arm = System.Runtime.Intrinsics.Arm;
using X86 = System.Runtime.Intrinsics.X86;

namespace Tessrax.Cli.Inspection;

/// <summary>This program, and what it runs on.</summary>
internal static class RuntimeFacts
{
    public static Section Program() =>
        new(
            "program",
            "Program",
            [
                new("version", BuildVersion.Text),
                new("ledger_format", 1),
                new(
                    "code",
                    AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null
                        ? "compiled ahead of time"
                        : "compiled while running"
                ),
            ]
        );

    public static Section Runtime()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        return new Section(
            "runtime",
            "Runtime",
            [
                new("framework", RuntimeInformation.FrameworkDescription),
                new("system", RuntimeInformation.OSDescription),
                new("architecture", RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()),
                new("processors", Environment.ProcessorCount),
                new("vectors", Widths()),
                new("instructions", Instructions()),
                new(
                    "collector",
                    $"{(GCSettings.IsServerGC ? "server" : "workstation")}, {GCSettings.LatencyMode.ToString().ToLowerInvariant()}"
                ),
                new("memory_available", FactValue.Bytes(memory.TotalAvailableMemoryBytes)),
                new("memory_in_use", FactValue.Bytes(Environment.WorkingSet)),
            ]
        );
    }

    private static string Widths()
    {
        (int Bits, bool Fast)[] widths =
        [
            (128, Vector128.IsHardwareAccelerated),
            (256, Vector256.IsHardwareAccelerated),
            (512, Vector512.IsHardwareAccelerated),
        ];
        string[] fast = [.. widths.Where(w => w.Fast).Select(w => w.Bits.ToString(CultureInfo.InvariantCulture))];
        return fast.Length == 0 ? "none" : string.Join(" ", fast) + " bits";
    }

    // Those that hashing could use.
    private static string Instructions()
    {
        (string Name, bool There)[] known =
        [
            ("sse4.1", X86.Sse41.IsSupported),
            ("avx", X86.Avx.IsSupported),
            ("avx2", X86.Avx2.IsSupported),
            ("avx512f", X86.Avx512F.IsSupported),
            ("bmi2", X86.Bmi2.IsSupported),
            ("advsimd", Arm.AdvSimd.IsSupported),
            ("arm-sha256", Arm.Sha256.IsSupported),
        ];
        string[] there = [.. known.Where(i => i.There).Select(i => i.Name)];
        return there.Length == 0 ? "none" : string.Join(" ", there);
    }
}
