using System.Diagnostics;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>dotnet new tessrax-engine</c>: made, built, tested and run. <c>eng/install-tests.sh</c> does the same with the packages.</summary>
public sealed class TemplateTests : IDisposable
{
    private readonly LedgerHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void An_engine_of_ones_own_is_made_built_tested_and_run()
    {
        string engine = home.Ctl.PathOf("engine");
        string[] hive = ["--debug:custom-hive", home.Ctl.PathOf("hive")];
        Dotnet(home.Ctl.Folder, ["new", "install", Path.Combine(Spec.Root, "templates", "engine"), .. hive]);
        Dotnet(home.Ctl.Folder, ["new", "tessrax-engine", "-n", "Acme.Boilers", "-o", engine, .. hive]);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(engine, "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains("TessraxEngine", StringComparison.Ordinal)
        );
        // In the place of the package, what is built here.
        File.WriteAllText(
            Path.Combine(engine, "Directory.Build.targets"),
            $"""
            <Project>
              <ItemGroup>
                <PackageReference Remove="Tessrax.Node" />
                <Reference Include="{AppContext.BaseDirectory}Tessrax.dll" />
                <Reference Include="{AppContext.BaseDirectory}Tessrax.Node.dll" />
                <Reference Include="{AppContext.BaseDirectory}NSec.Cryptography.dll" />
                <Reference Include="{AppContext.BaseDirectory}SQLitePCLRaw.*.dll" />
                <Reference Include="{AppContext.BaseDirectory}Microsoft.Extensions.Logging.Abstractions.dll" />
                <None Include="{AppContext.BaseDirectory}runtimes/linux-x64/native/*.so" CopyToOutputDirectory="PreserveNewest" />
              </ItemGroup>
            </Project>
            """
        );
        string tests = Path.Combine(engine, "Acme.Boilers.Tests");
        Dotnet(tests, ["build", "-v", "quiet", "-nologo"]);
        Assert.Contains(
            "Failed: 0",
            Dotnet(tests, ["exec", "bin/Debug/net10.0/Acme.Boilers.Tests.dll", "-noLogo", "-noColor"]),
            StringComparison.Ordinal
        );

        // On a ledger that tessraxctl made and verifies.
        string program = Path.Combine(tests, "bin", "Debug", "net10.0", "Acme.Boilers.dll");
        Assert.Contains("recorded", Engine("report", "boiler-7", "sensor-a", "71.5"), StringComparison.Ordinal);
        Assert.Contains("ruled 71.5", Engine("report", "boiler-7", "sensor-b", "93"), StringComparison.Ordinal);
        Assert.Contains("boiler-7: 71.5 by trusted-median/1", Engine("rulings"), StringComparison.Ordinal);
        Assert.Contains("every ruling follows", Engine("replay"), StringComparison.Ordinal);
        home.MustHold();

        string Engine(string verb, params string[] arguments) =>
            Dotnet(home.Ctl.Folder, ["exec", program, verb, home.Path, .. arguments]);
    }

    private string Dotnet(string folder, string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["TESSRAX_PASSPHRASE"] = "secret";
        info.Environment["XDG_STATE_HOME"] = home.Ctl.PathOf(".local", "state");
        info.Environment["XDG_CONFIG_HOME"] = home.Ctl.PathOf(".config");
        info.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        info.Environment["CI"] = "";
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0,
            $"dotnet {string.Join(' ', arguments)}: {process.ExitCode}\n{output}{error.Result}"
        );
        return output;
    }
}
