namespace Tessrax.Docs;

/// <summary>A page of the site, before it is put into its frame.</summary>
/// <param name="Address">Where it lies, from the site's folder, with <c>/</c>: <c>spec/ledger.html</c>.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Html">What stands in its <c>main</c>.</param>
internal sealed record Page(string Address, string Title, string Html)
{
    /// <summary>What it says in one sentence; may be empty.</summary>
    public string Lead { get; init; } = "";

    /// <summary>Its headings, in order.</summary>
    public IReadOnlyList<Heading> Headings { get; init; } = [];

    /// <summary>What it is found by.</summary>
    public IReadOnlyList<Passage> Passages { get; init; } = [];

    /// <summary>The address of the page that stands in the navigation for it; its own if null.</summary>
    public string? Under { get; init; }
}

/// <summary>A heading that can be linked to.</summary>
/// <param name="Level">2 or 3.</param>
/// <param name="Id">What stands behind the <c>#</c>.</param>
/// <param name="Text">What it says.</param>
internal sealed record Heading(int Level, string Id, string Text);

/// <summary>A part of a page that a search may find.</summary>
/// <param name="Id">Where on the page; empty for its begin.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Text">Its words.</param>
internal sealed record Passage(string Id, string Title, string Text);
