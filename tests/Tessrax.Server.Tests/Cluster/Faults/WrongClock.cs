using System.Globalization;

namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>Lets a node's clock be off. Debian's faketime would not do: under it the waits of a process with many threads end at once.</summary>
internal sealed class WrongClock : IDisposable
{
    private readonly string library = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".so");

    private WrongClock() { }

    /// <summary>Makes it; or the test is skipped, with the reason.</summary>
    public static WrongClock Make()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a library is preloaded on Linux only");
        var clock = new WrongClock();
        string source = Path.Combine(AppContext.BaseDirectory, "Cluster", "Faults", "clock.c");
        (int code, string error) = PrivateNet.Try("clang", "-shared", "-fPIC", "-O2", "-o", clock.library, source);
        Assert.SkipUnless(code == 0, $"clang makes no library here: {error}");
        return clock;
    }

    /// <summary>What a process is started with so that its clock is off by so many seconds.</summary>
    public (string Name, string Value)[] OffBy(int seconds) =>
        [("LD_PRELOAD", library), ("TESSRAX_CLOCK_OFF", seconds.ToString(CultureInfo.InvariantCulture))];

    public void Dispose() => File.Delete(library);
}
