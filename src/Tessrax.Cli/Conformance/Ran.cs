using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance;

/// <summary>A command line that a trial runs.</summary>
/// <param name="Args">Its words, without the program's name.</param>
/// <param name="Input">What stands on standard input.</param>
internal sealed record Call(IReadOnlyList<string> Args, ReadOnlyMemory<byte> Input)
{
    /// <summary>Whether it begins with these words, divided by spaces.</summary>
    public bool Begins(string words) => Args.Take(words.Count(c => c == ' ') + 1).SequenceEqual(words.Split(' '));

    /// <summary>What stands behind an option; empty if that is not there.</summary>
    public string Value(string option) => Args.SkipWhile(arg => arg != option).Skip(1).FirstOrDefault() ?? "";

    /// <summary>The same with another value behind an option.</summary>
    public Call With(string option, string value)
    {
        string[] args = [.. Args];
        int at = Array.IndexOf(args, option);
        if (at >= 0 && at + 1 < args.Length)
            args[at + 1] = value;
        return this with { Args = args };
    }

    /// <summary>The same without an option and its value.</summary>
    public Call Without(string option)
    {
        int at = Args.TakeWhile(arg => arg != option).Count();
        return this with { Args = [.. Args.Take(at), .. Args.Skip(at + 2)] };
    }

    /// <summary>The same with one word for another, wherever it stands.</summary>
    public Call Swap(string word, string other) =>
        this with
        {
            Args = [.. Args.Select(arg => arg == word ? other : arg)],
        };
}

/// <summary>How a command line ended.</summary>
/// <param name="Exit">The exit code.</param>
/// <param name="Bytes">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Ran(int Exit, ReadOnlyMemory<byte> Bytes, string Error)
{
    /// <summary>One that did nothing and says that all is well.</summary>
    public static Ran Well(string says = "") => new(0, Encoding.UTF8.GetBytes(says), "");

    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Standard output as one JSON value.</summary>
    public JsonValue Json => JsonValue.Parse(Bytes.Span);
}

/// <summary>A fault that is planted: it stands between a trial and the program, and does some of the work wrongly.</summary>
/// <remarks>All that it leaves alone it hands on with <see cref="Trial.Real"/>.</remarks>
internal delegate Ran Flaw(Trial trial, Call call);
