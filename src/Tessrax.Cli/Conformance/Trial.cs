using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Demo;
using Tessrax.Node;
using Tessrax.Node.Simulation;

namespace Tessrax.Cli.Conformance;

/// <summary>One run of a check: a directory of its own that is also HOME, the program in it, and what is expected of it.</summary>
/// <remarks>The clock is made up and randomness comes from a seed, so that a trial does the same wherever it runs. Keys of a trial protect nothing.</remarks>
internal sealed class Trial : IDisposable
{
    private readonly Flaw? flaw;
    private readonly string? specimen;

    /// <param name="folder">Made here, and removed with the trial.</param>
    /// <param name="flaw">The fault that is planted; null for none.</param>
    /// <param name="specimen">Where the ledger lies that <see cref="Begin"/> brings; null while that is made itself.</param>
    public Trial(string folder, Flaw? flaw = null, string? specimen = null)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        this.flaw = flaw;
        this.specimen = specimen;
        // No nonce of the specimen comes again.
        Random = new SplitMix(specimen is null ? 0x5EEDUL : 0x7E55UL).Fill;
        Clock = new SteppingClock(specimen is null ? TimeSpan.Zero : TimeSpan.FromHours(1));
    }

    /// <summary>Where everything lies.</summary>
    public string Folder { get; }

    /// <summary>Whether a fault is planted, for checks that hand functions to their judge.</summary>
    public bool IsFlawed => flaw is not null;

    /// <summary>How many things were looked at and held.</summary>
    public int Cases { get; private set; }

    /// <summary>What the program takes for the time.</summary>
    public SteppingClock Clock { get; }

    /// <summary>Variables of its environment, beyond HOME.</summary>
    public Dictionary<string, string> Variables { get; } =
        new(StringComparer.Ordinal) { ["TESSRAX_PASSPHRASE"] = Specimen.Passphrase };

    /// <summary>The path of the ledger that <see cref="Begin"/> brings.</summary>
    public string Ledger => this["ledger"];

    /// <summary>Randomness of this trial alone.</summary>
    public RandomSource Random { get; set; }

    /// <summary>A path in the folder.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Brings the specimen: its ledger, its approvers' keys, its trust root.</summary>
    /// <returns>The ledger's directory.</returns>
    public string Begin()
    {
        DirectoryCopy.Make(specimen ?? throw new InvalidOperationException("it is being made"), Folder);
        return Ledger;
    }

    /// <summary>Brings the ledger and the keys of another trial.</summary>
    public void BeginFrom(Trial other)
    {
        foreach (string part in (string[])["ledger", ".config", ".local"])
            DirectoryCopy.Make(other[part], this[part]);
    }

    /// <summary>Writes a file in the folder, and gives its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(this[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return this[name];
    }

    /// <summary>Runs a command line, through the fault if one is planted.</summary>
    public Ran Run(params string[] args) => RunWith(ReadOnlyMemory<byte>.Empty, args);

    /// <summary>The same with a text on standard input.</summary>
    public Ran RunWith(string input, params string[] args) => RunWith(Encoding.UTF8.GetBytes(input), args);

    /// <summary>The same with bytes on standard input.</summary>
    public Ran RunWith(ReadOnlyMemory<byte> input, params string[] args)
    {
        var call = new Call(args, input);
        return flaw is null ? Real(call) : flaw(this, call);
    }

    /// <summary>Runs a command line by the program itself: the same code as any other run, in this process.</summary>
    public Ran Real(Call call)
    {
        using var input = new MemoryStream(call.Input.ToArray());
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        int exit = CliApp.Run([.. call.Args], Host(input, output, error));
        return new Ran(exit, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Runs a command line that must succeed.</summary>
    public Ran Must(params string[] args)
    {
        Ran ran = Run(args);
        That(ran.Exit == 0, $"{Line(args)} ended with {ran.Exit}: {FirstOf(ran)}");
        return ran;
    }

    /// <summary>The JSON of a command line that must succeed.</summary>
    public JsonValue Json(params string[] args) => Must([.. args, "--json"]).Json;

    /// <summary>Runs a command line that must be refused in this way.</summary>
    /// <param name="exit">Its exit code.</param>
    /// <param name="code">What its error must name, such as <c>TSX4008</c>.</param>
    /// <param name="args">The command line.</param>
    public Ran Refused(int exit, string code, params string[] args)
    {
        Ran ran = Run(args);
        That(
            ran.Exit == exit && (ran.Error + ran.Text).Contains(code, StringComparison.Ordinal),
            $"{Line(args)} should be refused with {code} and {exit}, and ended with {ran.Exit}: {FirstOf(ran)}"
        );
        return ran;
    }

    /// <summary>Something that must be so.</summary>
    /// <param name="holds">Whether it is.</param>
    /// <param name="says">What is said if it is not.</param>
    /// <exception cref="TessraxException">TSX5041: it is not.</exception>
    public void That(bool holds, string says)
    {
        if (!holds)
            throw ErrorCodes.NotConforming.Because($"{says}");
        Cases++;
    }

    /// <summary>Two texts that must be one.</summary>
    public void Same(string expected, string was, string what) =>
        That(expected == was, $"{what} is {Short(was)} and not {Short(expected)}");

    /// <summary>A text that must stand somewhere.</summary>
    public void Has(string text, string part, string what) =>
        That(text.Contains(part, StringComparison.Ordinal), $"{what} does not say '{Short(part)}' but {Short(text)}");

    /// <summary>Lets a whole day and two hours pass.</summary>
    public void WaitADay() => Clock.Step(TimeSpan.FromHours(26));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private CliHost Host(Stream input, Stream output, Stream error) =>
        new()
        {
            Input = input,
            Output = output,
            Error = error,
            InputIsTerminal = false,
            OutputIsTerminal = false,
            ErrorIsTerminal = false,
            Width = CliContext.UnlimitedWidth,
            Variable = name => name == "HOME" ? Folder : Variables.GetValueOrDefault(name),
            VariableNames = () => Variables.Keys,
            Time = Clock,
            Random = Random,
            ReadKey = static () => throw new InvalidOperationException("there is no terminal"),
        };

    private string Line(string[] args) =>
        $"tessraxctl {string.Join(' ', args)}".Replace(
            Folder + Path.DirectorySeparatorChar,
            "",
            StringComparison.Ordinal
        );

    private static string FirstOf(Ran ran) =>
        Short(ran.Error.Split('\n').FirstOrDefault(line => line.Length > 0) ?? ran.Text);

    private static string Short(string text) =>
        text.TrimEnd('\n').ReplaceLineEndings(" | ") is { Length: > 160 } line
            ? string.Create(CultureInfo.InvariantCulture, $"{line[..150]}... ({line.Length} characters)")
            : text.TrimEnd('\n').ReplaceLineEndings(" | ");
}

/// <summary>A clock that begins at one moment of 2026, and goes on a millisecond whenever it is looked at.</summary>
/// <param name="begins">How much later it begins.</param>
internal sealed class SteppingClock(TimeSpan begins) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long micros = begins.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>How far it has gone from that moment.</summary>
    public TimeSpan Passed => TimeSpan.FromMicroseconds(Interlocked.Read(ref micros));

    /// <summary>Sets it ahead, or back.</summary>
    public void Step(TimeSpan by) => Interlocked.Add(ref micros, by.Ticks / TimeSpan.TicksPerMicrosecond);

    public override DateTimeOffset GetUtcNow() => Epoch + TimeSpan.FromMicroseconds(Interlocked.Add(ref micros, 1000));
}
